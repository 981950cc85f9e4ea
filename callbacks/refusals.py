"""Why something is not done with a promised call, a class each, with a sentence for people."""


class BookingRefused(Exception):
    """Something about a booking is not right; `field` says what, the message what would be."""

    field = ""

    @property
    def fields(self) -> dict[str, str]:
        """What is wrong by the name of a field."""
        return {self.field: str(self)}


class NumberRefused(BookingRefused):
    """Not a number that we dial, or not this customer's alone."""

    field = "number"


class OwnerRefused(BookingRefused):
    """Nobody who may speak to this customer."""

    field = "owner"


class ExcludeRefused(BookingRefused):
    """Nobody of that name is here to be kept away."""

    field = "exclude"


class LineRefused(BookingRefused):
    """The routing config has no such line."""

    field = "line"


class TimeRefused(BookingRefused):
    """Not a time at which a call can be promised."""

    field = "at"


class BriefRefused(BookingRefused):
    """The speaker would not know what the call is about."""

    field = "brief"


class WantsNoCalls(Exception):
    """The customer said that he wants no calls (docs/policy.md 27)."""


class TooManyOpen(Exception):
    """The customer has as many promised calls open as anybody may have."""


class NoSuchCallback(Exception):
    """Nothing was promised under this id."""


class TooLate(Exception):
    """It cannot be called off any more."""


class NotOpen(Exception):
    """Nothing is owed any more."""


class StillTalking(Exception):
    """An attempt is under way: its outcome can be told when it is over."""


class NotTalking(Exception):
    """This person is not speaking to anybody for this promised call."""


class NoAttempt(Exception):
    """The customer was not called yet, so nobody failed to reach him."""


class NoLetterDue(Exception):
    """The rest is not owed in writing."""

"""Why the lab does not do what it is asked: one class for each reason, one table to the answers."""


class LabRefusal(Exception):
    """The message is a sentence for people."""

    code = "refused"
    status = 409


class NoSuchPhone(LabRefusal):
    """Nobody has made this telephone, and the line has not called it."""

    code = "no_such_phone"
    status = 404


class NoSuchCall(LabRefusal):
    """No call of the lab has this CallSid."""

    code = "no_such_call"
    status = 404


class CannotBeDialled(LabRefusal):
    """A telephone in a call cannot dial, and telephones call the line, not one another."""

    code = "cannot_be_dialled"
    status = 409


class NoCall(LabRefusal):
    """There is no call on this telephone to do that with, or it does not ring."""

    code = "no_call"
    status = 409


class NotForYou(LabRefusal):
    """A page of somebody else's, open in a browser of this machine, asks."""

    code = "foreign_origin"
    status = 403


class Invalid(LabRefusal):
    """The body is not what the address takes."""

    code = "invalid"
    status = 422

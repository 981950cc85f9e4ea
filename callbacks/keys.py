"""Every Redis key of this storey: its name, its shape, how long it lives."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CallbackKeys:
    """Names under one site's prefix."""

    site: str

    def callback(self, callback_id: str) -> str:
        """Hash, for ever: a promised call; `record` (JSON) and what scripts ask for, see the script."""
        return f"{self.site}:callback:{callback_id}"

    def history(self, callback_id: str) -> str:
        """Stream, for ever: every change of a promised call, with who and why."""
        return f"{self.site}:callback_history:{callback_id}"

    @property
    def every(self) -> str:
        """Sorted set, for ever: all promised calls, by the moment (ms) when due; without one, when booked."""
        return f"{self.site}:callbacks"

    def in_state(self, state: str) -> str:
        """Sorted set: the promised calls in a state, by the same moment."""
        return f"{self.site}:callbacks_in:{state}"

    @property
    def open(self) -> str:
        """Hash: the id of the promised call that a caller has open, by `CALLER:KIND`."""
        return f"{self.site}:callbacks_open"

    def inbound(self, call_sid: str) -> str:
        """String, as long as a call's record: the promised call whose place a customer's own call takes."""
        return f"{self.site}:callback_inbound:{call_sid}"

    def calls_to(self, caller: str) -> str:
        """Sorted set, 8 days after the last: attempts that rang this caller, by the moment (ms) posted."""
        return f"{self.site}:calls_to:{caller}"

    def follow_ups(self, caller: str) -> str:
        """Hash, for ever: by offence of a caller (id of the conduct ledger), the call promised for it."""
        return f"{self.site}:follow_ups:{caller}"

    @property
    def letters(self) -> str:
        """Hash, until each is posted or its report erased: notices that people post, JSON by id."""
        return f"{self.site}:letters"

    @property
    def do_not_call(self) -> str:
        """Hash, for ever: by caller, the promised call in which he said that he wants no calls."""
        return f"{self.site}:do_not_call"

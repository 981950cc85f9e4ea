"""Line-ups in Redis: who can be offered to agents now. A call enters by the step that makes it wait."""

from routing.store.floor_scripts import FloorScripts

ELIGIBLE, RESTED = "eligible", "rested"  # kinds of deadlines: of a CallSid, of an agent


class LineUps:
    """The line-ups of one site. Whatever is asked may raise StoreAway."""

    def __init__(self, floor: FloorScripts) -> None:
        self._floor = floor

    def enter(self, member: str, skill_set: str, rank_ms: int) -> None:
        """A requested callback (its id) takes its place among the callers; again does nothing twice."""
        self._floor.run("enter_line_up", "enter", member, skill_set, rank_ms)

    def leave(self, member: str, skill_set: str) -> None:
        """It is not to be offered any more."""
        self._floor.run("enter_line_up", "leave", member, skill_set, 0)

    def is_eligible(self, call_sid: str) -> None:
        """The least wait of a call's queue is over: it may be offered."""
        self._floor.run("become_eligible", ELIGIBLE, call_sid)

"""What the company has left undone is brought before those who lead, once (docs/policy.md 12, 14, 15)."""

from config.observe import log
from routing.floor import Floor
from routing.rules.audiences import SEES_ALL, Kind

COUNT = "escalations"
_TEXT = "{what}\n\nReference: {report}\nLook at it in Calmline. This mail holds nothing about the caller.\n"


def escalate(floor: Floor, about: str, *, report: str, state: str, what: str) -> bool:
    """Told to supervisors and admins by mail and event; True for the first time. Safe to repeat.

    `about` names the matter, `what` is a sentence without personal words. Raises StoreAway.
    """
    if floor.store.run(lambda redis: redis.hexists(floor.keys.escalated, about)):
        return False
    for person in floor.people.everybody():
        if person.enabled and person.role in SEES_ALL and (email := person.email):
            text = _TEXT.format(what=what, report=report)
            floor.mails.write(email, f"Calmline: {what}", text, mail_id=f"m-{about}-{person.id}")
    at_ms = floor.clock.now(floor.store).isoformat()
    is_first = bool(floor.store.run(lambda redis: redis.hsetnx(floor.keys.escalated, about, at_ms)))
    if is_first:
        floor.events.add(Kind.REPORT, {"id": report, "state": state})
        floor.store.run(lambda redis: redis.hincrby(floor.keys.counts, f"{COUNT}:{state}", 1))
        log.warning("escalated", about=about, report=report, state=state)
    return is_first

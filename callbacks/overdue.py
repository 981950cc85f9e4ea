"""What the company should have done by now and has not: brought before those who lead, once each."""

from callbacks import escalations
from callbacks.caller_affairs import Affairs
from callbacks.rules.remedies_due import overdue, waiting_appeals
from routing.floor import Floor

REMEDY = "remedy_overdue"
APPEAL = "appeal_overdue"
RESTRICTION = "restriction_review_due"
PROTECTION = "protection_review_due"


def escalate(floor: Floor, affairs: Affairs) -> None:
    """Remedies, appeals, reviews of restrictions and of marks; safe to repeat. Raises StoreAway."""
    for one in overdue(affairs.standing, affairs.at):
        what = f"A remedy is overdue ({one.remedy}): deliver it, or waive it with a reason."
        escalations.escalate(floor, f"remedy-{one.report}", report=one.report, state=REMEDY, what=what)
    for offence, due in waiting_appeals(affairs.facts, affairs.terms).items():
        if due <= affairs.at:
            what = "An appeal has waited too long for its decision."
            escalations.escalate(floor, f"appeal-{offence}", report=offence, state=APPEAL, what=what)
    restriction = affairs.standing.restriction
    if restriction is not None and restriction.review_at <= affairs.at:
        about = f"restriction-{restriction.offence}-{restriction.review_at:%Y%m%d}"
        what = "A restriction is due for its review: go on with it, or lift it."
        escalations.escalate(floor, about, report=restriction.offence, state=RESTRICTION, what=what)
    review_at = affairs.standing.protection_review_at
    if review_at is not None and review_at <= affairs.at:
        about = f"protection-{affairs.caller}-{review_at:%Y%m%d}"
        what = "A caller's protection is due for its yearly review: set it anew, or end it."
        escalations.escalate(floor, about, report=affairs.caller, state=PROTECTION, what=what)

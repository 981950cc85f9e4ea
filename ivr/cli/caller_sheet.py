"""One caller on one sheet: standing, offences and why they count, what holds the next stage, links, marks."""

from typing import Any

from routing.callers import Seen, is_number, override_reason
from routing.floor import Floor
from routing.rules.conduct import standing_at
from routing.rules.conduct_events import Overridden
from routing.rules.standing_words import gate_told, told, unsigned_told, why_told


def as_json(floor: Floor, seen: Seen) -> dict[str, Any]:
    """As `callers show --json` prints it."""
    conduct, standing, override = seen.conduct, seen.standing, seen.override
    without = [fact for fact in seen.facts if not isinstance(fact, Overridden)]
    derived = standing_at(without, floor.terms(), seen.at).treatment if seen.caller else standing.treatment
    return {
        "id": seen.id,
        "number": seen.address,
        "name": seen.profile.name,
        "identity": seen.identity.value,
        "treatment": _applied(seen).value,
        "derived": derived.value,
        "stage": conduct.stage,
        "override": {
            "treatment": override.treatment.value,
            "until": override.until.isoformat(),
            "reason": override_reason(floor, seen),
            "by": override.by,
        }
        if override is not None
        else None,
        "protected": seen.is_protected,
        "support_need": seen.support_need,
        "shared": standing.is_shared,
        "offences": list(conduct.offences if seen.caller else standing.offences),
        "reports": [
            {"id": one.report, "why": one.why.value, "said": why_told(one)} for one in conduct.accounts
        ],
        "gate": gate_told(conduct),
        "unsigned": unsigned_told(conduct),
        "said": told(conduct, seen.facts) if seen.caller else [],
        "callback_owner": standing.callback_owner,
        "last_contact": standing.last_contact.isoformat() if standing.last_contact else None,
        "links": [
            {
                "address": link.address,
                "since": link.since.isoformat(),
                "last_contact": link.last_contact.isoformat() if link.last_contact else None,
                "lapsed": link.is_lapsed,
            }
            for link in seen.links
        ],
    }


def lines(shown: dict[str, Any]) -> list[str]:
    """The same for people."""
    name = f"  {shown['name']}" if shown["name"] else ""
    text = [f"{shown['number']}{name}  treatment: {shown['treatment']}  stage: {shown['stage']}"]
    if override := shown["override"]:
        text.append(f"  by hand ({override['by']}) until {override['until']}: {override['reason']}")
    if shown["protected"]:
        text.append(f"  protected{': ' + shown['support_need'] if shown['support_need'] else ''}")
    elif shown["support_need"]:
        text.append(f"  needs: {shown['support_need']}")
    if shown["shared"]:
        text.append("  shared by several people: no treatment is applied")
    if shown["last_contact"]:
        text.append(f"  last contact {shown['last_contact']}")
    text += [f"  {sentence}" for sentence in shown["said"]]
    for link in shown["links"]:
        lapsed = "; not heard of for long, it may be somebody else's by now" if link["lapsed"] else ""
        text.append(f"  {link['address']} is his since {link['since'][:10]}{lapsed}")
    return text


def _applied(seen: Seen) -> Any:
    """What stands under the number, as the next call finds it; elsewhere what the ledger gives."""
    return seen.standing.treatment_at(seen.at) if is_number(seen.address) else seen.treatment

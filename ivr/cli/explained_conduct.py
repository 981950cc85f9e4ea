"""What the conduct ledger says of a caller, for `calmline explain`."""

from typing import Any

from config.connections import StoreAway
from routing import callers as known
from routing.callers import Seen
from routing.floor import Floor
from routing.rules.standing_words import told, why_told
from routing.scene import Scene
from routing.store.dossiers import LedgerBroken


def conduct_of(floor: Floor, scene: Scene, *, by: str) -> dict[str, Any]:
    """As JSON takes it, at the moment of the scene. What cannot be read is said; nothing is raised."""
    base = {"identity": scene.caller.identity.value, "config_version": scene.config.version}
    if not scene.caller.number:
        return base | {"readable": True, "caller": None, "said": ["No number, so no conduct ledger."]}
    try:
        seen = known.find(floor, scene.caller.number, at=scene.at)
        floor.callers.is_looked_at(seen.id, by=by, at=floor.clock.now(floor.store))
    except (StoreAway, LedgerBroken) as unreadable:
        return base | {
            "readable": False,
            "caller": None,
            "said": [f"The conduct ledger cannot be read: {unreadable}"],
        }
    return base | {"readable": True} | _standing(seen)


def conduct_lines(conduct: dict[str, Any]) -> list[str]:
    """The same for people, below the decision."""
    return ["conduct:", *(f"  {sentence}" for sentence in conduct["said"])]


def _standing(seen: Seen) -> dict[str, Any]:
    conduct = seen.conduct
    accounts = [
        {"report": one.report, "why": one.why.value, "said": why_told(one)} for one in conduct.accounts
    ]
    return {
        "caller": seen.caller or None,
        "stage": conduct.stage,
        "treatment": conduct.treatment.value,
        "counting": [one for one in accounts if one["why"] == "counts"],
        "not_counting": [one for one in accounts if one["why"] != "counts"],
        "gate": {"offence": conduct.gate.offence, "remedy": conduct.gate.remedy.value}
        if conduct.gate
        else None,
        "unsigned": [office.value for office in conduct.unsigned],
        "said": [*told(conduct, seen.facts)]
        if seen.caller
        else ["Nothing was ever written about this caller."],
    }

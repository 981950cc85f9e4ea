"""An entry of the call log is enough to decide again what was decided then."""

import random
from datetime import datetime
from pathlib import Path
from typing import Any

from config.schema import RoutingConfig
from config.settings import Settings
from routing import intake, leaving, menus, waiting
from routing.call_history import Entry, entries
from routing.floor import Floor, open_floor
from routing.rules.caller import Caller, Identity, Standing, Treatment
from routing.rules.choices import answer_menu, press_urgent, take_exit, waited_too_long
from routing.rules.decisions import Because, Decision, Enqueue, Exit, PlayMenu, Rule
from routing.rules.route import Load, route_new_call
from routing.rules.speech import Reply
from routing.rules.while_waiting import keep_place, turned_away
from routing.scene import InboundCall
from tests.ivr.voice.scenes import a_config, later, treat
from tests.twilio import LINE, OFFICE, a_call_sid

CALLS = 300
LISTENS = (
    ("# speech: {confidence: 0.6}  ", "speech: {confidence: 0.6}  #"),
    ("{queue: general, say: press_general}", "{queue: general, say: press_general, words: [adviser]}"),
    ("after_hours: {message: closed_hours}", "after_hours: {offer_callback: offer_callback}"),
)
NUMBERS = [f"+1415555{last:04}" for last in range(30)]
SHOWN = [*NUMBERS * 2, "anonymous", "", "client:x", "unknown"]


def decide_again(entry: Entry, config: RoutingConfig) -> Decision:
    """What the rules say to the entry, and to nothing else."""
    said = entry.said
    assert said["decision"]["because"]["config_version"] == config.version
    known, where = said["standing"], said["where"]
    caller = Caller(
        "",
        Identity(said["identity"]),
        Standing(
            Treatment(known["treatment"]),
            is_protected=known["protected"],
            is_shared=known["shared"],
            callback_owner=known["callback_owner"],
        ),
        known["readable"],
    )
    now: dict[str, Any] = {
        "line": config.lines[said["line"]],
        "config": config,
        "at": datetime.fromisoformat(said["at"]),
    }
    match said["step"].split(":")[0]:
        case "incoming":
            return route_new_call(caller, load=Load(**said["load"]), **now)
        case "menu":
            reply = Reply(**said["said"])
            return answer_menu(caller, where["menu"], reply, attempt=where["attempt"], **now)[0]
        case "message":
            exits = frozenset(map(Exit, where["exits"]))
            return take_exit(caller, Rule(where["rule"]), exits, said["said"]["digits"], **now)
        case _ if where.get("not_promised"):
            return Enqueue(where["queue"], Because(Rule(where["rule"]), caller.identity, config.version))
        case _ if where.get("wants") == waiting.CALL_BACK:
            rule = Rule(where["rule"])
            return keep_place(caller, where["queue"], rule, config=config, at=now["at"])
        case _ if where.get("wants"):
            return press_urgent(caller, **now)
        case _ if where.get("turned_away"):
            why, because = Rule(where["turned_away"]), Rule(where["rule"])
            return turned_away(caller, where["queue"], why, because, **now)
        case _ if where["in_it_s"] >= config.queues[where["queue"]].max_wait_s:
            return waited_too_long(caller, where["queue"], config=config, because=Rule(where["rule"]))
        case _:
            return Enqueue(where["queue"], Because(Rule(where["rule"]), caller.identity, config.version))


def a_caller_stands(floor: Floor, number: str, chance: random.Random) -> None:
    """What the line knows of a number, at random."""
    at = floor.clock.now(floor.store)
    match chance.randrange(10):
        case 0:
            floor.standings.share(number, True, by="tests", at=at)
        case 1:
            floor.standings.protect(number, True, need="", by="tests", at=at)
        case 2:
            floor.store.client.hset(floor.keys.standing(number), "callback_owner", "anna")
        case 3:
            floor.store.client.hset(floor.keys.standing(number), "treatment", "banished")
        case _:
            treat(floor, chance.choice(list(Treatment)), number)


def a_call(floor: Floor, chance: random.Random) -> None:
    """A call of a few steps, whatever the caller does."""
    call = InboundCall(
        a_call_sid(),
        chance.choice(SHOWN),
        chance.choice([LINE, OFFICE, "+12125559999"]),
        chance.choice(["", "", "TN-Validation-Passed-A", "TN-Validation-Failed-B"]),
        chance.choice([(), ("spam nomorobo_spamscore",)]),
    )
    answer = intake.receive_call(floor, call)
    for _ in range(chance.randrange(6)):
        later(floor, seconds=chance.choice([1, 7, 100, 2000]))
        digits = chance.choice(["", "0", "1", "2", "3", "7", "9", "*"])
        on: dict[str, Any] = {"language": answer.language, "visit": answer.visit}
        decision = answer.decision
        if isinstance(decision, PlayMenu):
            words = "" if digits else chance.choice(["", "an adviser", "banana", "yes"])
            reply = Reply(digits, words, chance.choice([1.0, 0.3]), decision.confirm)
            answer = menus.choose(floor, call, decision.name, reply, attempt=decision.attempt, **on)
        elif isinstance(decision, Enqueue):
            waiting.press(floor, call, decision.name, digits, visit=answer.visit, can_dial=lambda: True)
            answer = leaving.leave(floor, call, decision.name, **on)
        elif exits := getattr(decision, "exits", None):
            answer = menus.leave_message(floor, call, decision.because.rule, exits, digits, **on)
        else:
            break
    if chance.random() < 0.5:
        floor.calls.end(call.sid, "completed", log_days=90)


def test_three_hundred_random_calls_are_decided_again_alike_from_their_entries(
    settings: Settings, tmp_path: Path
) -> None:
    floor = open_floor(settings.model_copy(update={"calmline_config": a_config(tmp_path, *LISTENS)}))
    chance = random.Random(20)
    for _ in range(CALLS):
        if chance.random() < 0.3:
            a_caller_stands(floor, chance.choice(NUMBERS), chance)
        later(floor, minutes=chance.choice([0, 5, 600]))
        a_call(floor, chance)
    config = floor.configs.in_force()
    logged = [entry for entry in entries(floor) if entry.kind != "end"]
    assert len([entry for entry in logged if entry.kind == "begin"]) == CALLS
    assert len(logged) > 2 * CALLS
    differing = []
    for entry in logged:
        then, again = entry.said["decision"], decide_again(entry, config)
        told = (again.do, again.name, again.because.rule.value)
        if told != (then["do"], then["name"], then["because"]["rule"]):
            differing.append((entry.said, told))
    assert differing == []
    rules = {entry.said["decision"]["because"]["rule"] for entry in logged}
    assert rules >= {
        "menu",
        "closed",
        "closed_hours",
        "slow_queue",
        "protected",
        "state_unreadable",
        "urgent_key",
    }
    assert {entry.said["step"].split(":")[0] for entry in logged} == {
        "incoming",
        "menu",
        "message",
        "left-waiting",
    }

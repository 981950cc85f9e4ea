"""Two thousand forged or mutated requests change nothing, and genuine ones are still answered."""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from routing.floor import Floor
from tests.ivr.voice.scenes import another_call, by_hand, everything, in_queue, post_pairs, treat
from tests.twilio import TOKEN, Twilio, a_call_sid

SEED, FORGERIES = 20261101, 2000
FOREIGN = "AC000000000000000000000000000000ff"


@dataclass(frozen=True)
class Asked:
    """A genuine request."""

    url: str
    form: Mapping[str, str]

    @property
    def has_token(self) -> bool:
        return "token=" in self.url


def genuine_requests(twilio: Twilio, floor: Floor) -> list[Asked]:
    """One of every kind, of calls in every state; none has been made yet."""
    treat(floor, "email_only", "+14155550143")
    greeted, waiting, restricted = twilio, another_call(twilio), another_call(twilio, caller="+14155550143")
    menu, queued, message = greeted.calls(), in_queue(waiting), restricted.calls()
    return [
        Asked(f"{twilio.public_url}/voice/incoming", another_call(twilio).form()),
        Asked(f"{twilio.public_url}/voice/events", waiting.form(CallStatus="completed")),
        Asked(menu.url("Gather"), greeted.form(Digits="3")),
        Asked(message.url("Gather"), restricted.form(Digits="2")),
        Asked(queued.url("Enqueue", "waitUrl"), waiting.form(QueueTime="20", QueuePosition="1")),
        Asked(queued.url("Enqueue"), waiting.form(QueueResult="hangup", QueueTime="20")),
        Asked(waiting.waits(queued).url("Gather"), waiting.form(Digits="0")),
    ]


Forgery = tuple[str, list[tuple[str, str]], str | None]  # url, pairs, signature (None: a good one)


def _signed(asked: Asked, *, token: str = TOKEN) -> str:
    return by_hand(token, asked.url, list(asked.form.items()))


def _replaced(form: Mapping[str, str], **values: str) -> list[tuple[str, str]]:
    return list({**form, **values}.items())


def _value_changed(asked: Asked, dice: random.Random) -> Forgery:
    name = dice.choice(sorted(asked.form))
    return asked.url, _replaced(asked.form, **{name: asked.form[name] + dice.choice("0x ")}), _signed(asked)


def _one_dropped(asked: Asked, dice: random.Random) -> Forgery:
    name = dice.choice(sorted(asked.form))
    return asked.url, [pair for pair in asked.form.items() if pair[0] != name], _signed(asked)


def _letter_of_signature_changed(asked: Asked, dice: random.Random) -> Forgery:
    good, place = _signed(asked), dice.randrange(26)
    return asked.url, list(asked.form.items()), good[:place] + "!" + good[place + 1 :]


def _foreign_token(asked: Asked, dice: random.Random) -> Forgery:
    return asked.url, list(asked.form.items()), _signed(asked, token=f"guess {dice.random()}")


def _query_changed(asked: Asked, dice: random.Random) -> Forgery:
    longer = asked.url + ("&" if "?" in asked.url else "?") + f"x={dice.random()}"
    return longer, list(asked.form.items()), None if asked.has_token else _signed(asked)


def _wrong_call(asked: Asked, dice: random.Random) -> Forgery:
    return asked.url, _replaced(asked.form, CallSid=a_call_sid()), None if asked.has_token else _signed(asked)


MUTATIONS: list[Callable[[Asked, random.Random], Forgery]] = [
    _value_changed,
    _one_dropped,
    _letter_of_signature_changed,
    _foreign_token,
    _query_changed,
    _wrong_call,
    lambda asked, dice: (asked.url, list(asked.form.items()), ""),
    lambda asked, dice: (asked.url, [*asked.form.items(), (f"New{dice.random()}", "")], _signed(asked)),
    lambda asked, dice: (asked.url, _replaced(asked.form, AccountSid=FOREIGN), None),
    lambda asked, dice: (asked.url, _replaced(asked.form, CallSid=f"CA{dice.random()}"), None),
    lambda asked, dice: (asked.url, [*asked.form.items(), dice.choice(sorted(asked.form.items()))], None),
    lambda asked, dice: (asked.url.replace("http:", "https:"), list(asked.form.items()), _signed(asked)),
]


def test_two_thousand_forgeries_change_nothing_and_genuine_callers_are_served(
    twilio: Twilio, floor: Floor
) -> None:
    dice, genuine = random.Random(SEED), genuine_requests(twilio, floor)
    before = everything(floor)
    for number in range(FORGERIES):
        mutate, asked = MUTATIONS[number % len(MUTATIONS)], dice.choice(genuine)
        url, pairs, signature = mutate(asked, dice)
        if url.startswith("https:"):  # signed for another scheme, asked here
            signature, url = by_hand(TOKEN, url, pairs), asked.url
        answer = post_pairs(twilio, url, pairs, signature=signature)
        assert (answer.status_code, answer.data) == (403, b""), (number, url, pairs)
    assert everything(floor) == before
    assert [twilio.post(asked.url, asked.form).status_code for asked in genuine] == [
        204 if asked.url.endswith("/voice/events") else 200 for asked in genuine
    ]
    assert everything(floor) != before


def test_two_hundred_genuine_calls_are_all_answered(twilio: Twilio, floor: Floor) -> None:
    for _ in range(100):
        assert in_queue(another_call(twilio)).queue == "general"
    assert floor.calls.waiting_in("general") == 100

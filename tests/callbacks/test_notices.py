"""No secret restriction: the caller is told in writing, once, in his language, with the way to appeal."""

import re
from datetime import timedelta

import pytest

from callbacks import affairs, letters
from callbacks.ledger import Ledger
from config.letters import packaged
from config.prompts import PLACEHOLDER
from routing.floor import Floor
from routing.rules.caller import Treatment
from routing.rules.conduct_events import (
    AppealDecided,
    Appealed,
    Linked,
    NoticeSent,
    SignedOff,
    SpecialistTookCall,
    WritingOffered,
)
from routing.rules.conduct_words import Category, NoticeBy, NoticeOf, Outcome, SignsAs
from routing.rules.remedies import Remedy
from routing.store.effects import Verb
from routing.store.mails import MailState
from tests.callbacks import conduct
from tests.callbacks.conduct import CALLER, looked_after, upheld
from tests.ivr.voice.scenes import later

EMAIL = "caller@example.com"


@pytest.fixture
def floor(floor: Floor) -> Floor:
    conduct.staff(floor)
    return floor


def has_mail(floor: Floor, caller: str) -> None:
    conduct.write(floor, caller, Linked(id="mail", at=conduct.now(floor), by="tests", address=EMAIL))


def mails(floor: Floor) -> list[dict[str, str]]:
    """What was written to the caller."""
    redis = floor.store.client
    found = [redis.hgetall(key) for key in redis.scan_iter(floor.keys.mail("*"))]
    return [one for one in found if one["to"] == EMAIL]


def test_a_verdict_is_told_by_mail_once(floor: Floor, ledger: Ledger) -> None:
    offence, caller = upheld(floor)
    has_mail(floor, caller)
    for _ in range(2):
        affairs.look_at_all(floor)
        looked_after(floor, ledger)
    [mail] = mails(floor)
    assert mail["state"] == MailState.WAITING
    assert offence in mail["subject"]
    for told in ("swearing aimed at a person", "a colleague will call you", "25 November 2031", "appeal"):
        assert told in mail["text"]
    assert "25 November 2030" in mail["text"]
    [fact] = conduct.facts(floor, caller, NoticeSent)
    assert (fact.of, fact.channel, fact.offence) == (NoticeOf.VERDICT, NoticeBy.EMAIL, offence)


def test_a_notice_is_in_the_caller_s_language(floor: Floor, ledger: Ledger) -> None:
    _, caller = upheld(floor, language="es")
    has_mail(floor, caller)
    looked_after(floor, ledger)
    [mail] = mails(floor)
    assert "25 de noviembre de 2030" in mail["text"]
    assert "una persona de nuestro equipo le llamará" in mail["text"]


def test_a_report_that_was_not_upheld_is_no_notice(floor: Floor, ledger: Ledger) -> None:
    _, caller = conduct.reported(floor)
    has_mail(floor, caller)
    looked_after(floor, ledger)
    assert mails(floor) == []


def test_without_a_mail_address_the_letter_waits_for_people_and_an_sms_says_nothing_of_it(
    floor: Floor, ledger: Ledger
) -> None:
    offence, caller = upheld(floor)
    looked_after(floor, ledger)
    looked_after(floor, ledger)
    [letter] = letters.to_post(floor)
    assert (letter.report, letter.caller) == (offence, caller)
    assert "swearing" in letter.body
    [effect] = [one for one in floor.effects.take("tests", 50) if one.verb == Verb.MESSAGE]
    sms = floor.messages.claim(effect.target)
    assert sms
    assert sms.to == CALLER
    assert not re.search("abus|swear|conduct|offence|incident|complaint", sms.body, re.I)
    assert conduct.facts(floor, caller, NoticeSent) == []
    assert floor.counts()["escalations:notice_to_post"] == 1
    letters.is_posted(floor, letter.id, by="mona")
    [fact] = conduct.facts(floor, caller, NoticeSent)
    assert (fact.by, fact.channel) == ("mona", NoticeBy.LETTER)
    looked_after(floor, ledger)
    assert letters.to_post(floor) == []
    with pytest.raises(letters.NoSuchLetter):
        letters.is_posted(floor, letter.id, by="mona")


def test_however_long_a_letter_waits_one_sms_is_sent(floor: Floor, ledger: Ledger) -> None:
    upheld(floor)
    looked_after(floor, ledger)
    [effect] = [one for one in floor.effects.take("tests", 50) if one.verb == Verb.MESSAGE]
    floor.store.client.delete(floor.keys.message(effect.target))  # its record does not last
    affairs.look_at_all(floor)
    looked_after(floor, ledger)
    assert not floor.store.client.exists(floor.keys.message(effect.target))


def test_a_restriction_that_is_due_for_review_escalates_once(floor: Floor, ledger: Ledger) -> None:
    first, caller = upheld(floor)
    conduct.write(floor, caller, conduct.spoken(first, conduct.now(floor)))
    later(floor, days=2)
    upheld(floor)
    took = SpecialistTookCall(id="s", at=conduct.now(floor), by="carl", call="CA1")
    conduct.write(floor, caller, took)
    later(floor, days=2)
    upheld(floor)
    looked_after(floor, ledger)
    for days, count in ((89, 0), (2, 1), (30, 1)):
        later(floor, days=days)
        looked_after(floor, ledger)
        assert floor.counts().get("escalations:restriction_review_due", 0) == count


def test_a_letter_that_nobody_posts_escalates_in_time(floor: Floor, ledger: Ledger) -> None:
    upheld(floor)
    looked_after(floor, ledger)
    later(floor, days=2)
    looked_after(floor, ledger)
    assert "escalations:notice_overdue" not in floor.counts()
    later(floor, days=2)
    looked_after(floor, ledger)
    assert floor.counts()["escalations:notice_overdue"] == 1


def test_what_was_erased_is_not_posted(floor: Floor, ledger: Ledger) -> None:
    _, caller = upheld(floor)
    looked_after(floor, ledger)
    at = conduct.now(floor)
    floor.offences.erase(caller, floor.terms(), by="ops", why="asked", at=at, words_only=False)
    looked_after(floor, ledger)
    assert letters.to_post(floor) == []


@pytest.mark.parametrize(
    ("outcome", "words"),
    [
        (Outcome.QUASHED, "has set it aside"),
        (Outcome.CONFIRMED, "that it stands"),
        (Outcome.VARIED, "specially trained"),
    ],
)
def test_the_outcome_of_an_appeal_is_told(floor: Floor, ledger: Ledger, outcome: Outcome, words: str) -> None:
    offence, caller = upheld(floor)
    has_mail(floor, caller)
    looked_after(floor, ledger)
    at = conduct.now(floor)
    conduct.write(floor, caller, Appealed(id="ap", at=at, by="mona", offence=offence))
    treatment = Treatment.SPECIALIST if outcome is Outcome.VARIED else None
    decided = AppealDecided(id="de", at=at, by="dora", offence=offence, outcome=outcome, treatment=treatment)
    conduct.write(floor, caller, decided)
    looked_after(floor, ledger)
    assert len(mails(floor)) == 2
    [mail] = [one for one in mails(floor) if words in one["text"]]
    assert offence in mail["text"]


def test_each_stage_is_told_with_what_it_means(floor: Floor, ledger: Ledger) -> None:
    """Up the ladder to two signatures: five notices, restrictions with their end and their review."""
    first, caller = upheld(floor)
    has_mail(floor, caller)
    looked_after(floor, ledger)
    conduct.spoken_to(floor, ledger, conduct.the_promise(floor, ledger, caller, first))
    looked_after(floor, ledger)
    remedies = [
        SpecialistTookCall(id="s", at=conduct.now(floor), by="carl", call="CA1"),
        WritingOffered(id="w", at=conduct.now(floor), by="line"),
    ]
    for remedy in remedies:
        later(floor, days=2)
        upheld(floor)
        looked_after(floor, ledger)
        conduct.write(floor, caller, remedy)
    later(floor, days=2)
    fourth, _ = upheld(floor)
    looked_after(floor, ledger)
    for by, office in (("mona", SignsAs.MANAGER), ("dora", SignsAs.LEGAL)):
        at = conduct.now(floor)
        signed = SignedOff(
            id=f"sign-{by}", at=at, by=by, offence=fourth, signs_as=office, conduct_is_the_reason=True
        )
        conduct.write(floor, caller, signed)
    looked_after(floor, ledger)
    sent = conduct.facts(floor, caller, NoticeSent)
    assert [one.of for one in sent] == [*[NoticeOf.VERDICT] * 4, NoticeOf.CLOSED]
    texts = " ".join(mail["text"] for mail in mails(floor))
    for told in (
        "specially trained",
        "in writing",
        "Two senior people",
        "no longer serve",
        "look at it again by",
    ):
        assert told in texts
    assert "{" not in texts


def test_an_appeal_that_nobody_decides_escalates_once(floor: Floor, ledger: Ledger) -> None:
    first, caller = upheld(floor)
    has_mail(floor, caller)
    at = conduct.now(floor)
    conduct.write(floor, caller, Appealed(id="ap", at=at, by="mona", offence=first))
    looked_after(floor, ledger)
    later(floor, days=45)
    for _ in range(2):
        looked_after(floor, ledger)
        affairs.look_at_all(floor)
    assert floor.counts()["escalations:appeal_overdue"] == 1


def test_both_languages_have_every_text_with_the_same_gaps() -> None:
    english, spanish = packaged("en"), packaged("es")
    assert english.keys() == spanish.keys()
    for name, text in english.items():
        assert set(PLACEHOLDER.findall(text)) == set(PLACEHOLDER.findall(spanish[name])), name
    needed = [f"category_{one}" for one in Category] + [f"action_{one}" for one in Remedy]
    needed += [f"appeal_{one}" for one in Outcome] + [f"varied_{one}" for one in Treatment]
    assert [one for one in needed if one not in english] == []
    assert len(english["months"].split()) == len(spanish["months"].split()) == 12


def test_letters_wait_no_longer_than_the_policy_says(floor: Floor, ledger: Ledger) -> None:
    _, caller = upheld(floor)
    looked_after(floor, ledger)
    again = floor.deadlines.moment_of(affairs.DEADLINE, caller)
    assert again is not None
    assert again - conduct.now(floor) < timedelta(days=3)

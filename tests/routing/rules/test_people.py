"""What is right of a name, a telephone, a PIN, skills and rights; and the sentence that a wrong one gets."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.rules import people
from routing.rules.people import (
    LEVELS,
    AliasRefused,
    LanguagesRefused,
    May,
    NameRefused,
    PersonRefused,
    PhoneRefused,
    PinRefused,
    RightsRefused,
    SkillsRefused,
    StaffNumberRefused,
)
from tests.routing.builders import a_config
from tests.routing.staff import a_person


@pytest.mark.parametrize("name", ["ana", "Ana", "a", "7", "ana.lopez", "ana-l_2", "x" * 64])
def test_a_name_is_taken_as_it_is(name: str) -> None:
    assert people.checked_name(name) == name


@pytest.mark.parametrize(
    "name", ["", " ", "ana lopez", ".", "..", "-ana", "_ana", "ana/me", "é", "ana\n", "x" * 65, "me", "ME"]
)
def test_what_cannot_stand_in_a_path_is_no_name(name: str) -> None:
    with pytest.raises(NameRefused, match="cannot be a name"):
        people.checked_name(name)


@pytest.mark.parametrize(
    ("text", "phone"),
    [
        ("+14155550142", "+14155550142"),
        ("(415) 555-0142", "+14155550142"),
        ("+44 20 7946 0958", "+442079460958"),
        ("client:ana_2", "client:ana_2"),
        ("sip:ana@example.com", "sip:ana@example.com"),
        ("sip:100@10.0.0.7:5061;transport=tls", "sip:100@10.0.0.7:5061;transport=tls"),
    ],
)
def test_a_telephone_is_kept_as_it_is_rung(text: str, phone: str) -> None:
    assert people.phone_in(text, "US") == phone


@pytest.mark.parametrize(
    "text",
    [
        "12",
        "anonymous",
        "+266696687",
        "client:",
        "client:ana lopez",
        "client:ana-lopez",
        "sip:",
        "sip:ana",
        "sip:ana@",
        "sips:ana@example.com",
        "sip:ana@example.com?x=1",
        "sip:ana@example.com;transport=carrier-pigeon",
        "sip:ana@example.com\r\n",
        "tel:+14155550142",
        "+14155550142,,,1",
    ],
)
def test_what_cannot_be_rung_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(PhoneRefused, match="cannot be rung; write a number such as"):
        people.phone_in(text, "US")


@pytest.mark.parametrize("pin", ["1234", "00000000"])
def test_a_pin_is_four_to_eight_digits(pin: str) -> None:
    assert people.checked_pin(pin) == pin


@pytest.mark.parametrize("pin", ["", "123", "123456789", "12a4", "１２３４", "1234\n"])
def test_another_pin_is_refused_and_not_repeated(pin: str) -> None:
    with pytest.raises(PinRefused, match=r"^a PIN is 4 to 8 digits$"):
        people.checked_pin(pin)


@pytest.mark.parametrize(
    ("text", "skills"),
    [
        ("", {}),
        ("general", {"general": 1}),
        ("general,billing:2", {"general": 1, "billing": 2}),
        (" general : 10 , billing ,", {"general": 10, "billing": 1}),
    ],
)
def test_skills_are_read_with_their_levels(text: str, skills: dict[str, int]) -> None:
    assert people.skills_in(text) == skills


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("general,general", "write each skill once"),
        (":2", "write each skill once"),
        ("general:", "from 1 to 10"),
        ("general:0", "from 1 to 10"),
        ("general:11", "from 1 to 10"),
        ("general:-1", "from 1 to 10"),
        ("general:two", "from 1 to 10"),
        ("general:²", "from 1 to 10"),
        ("general:1:2", "from 1 to 10"),
    ],
)
def test_skills_written_otherwise_are_refused(text: str, why: str) -> None:
    with pytest.raises(SkillsRefused, match=why):
        people.skills_in(text)


_SKILLS = st.dictionaries(st.from_regex(r"[a-z][a-z0-9_]{0,39}", fullmatch=True), st.sampled_from(LEVELS))


@given(_SKILLS)
def test_skills_that_were_written_are_read_again(skills: dict[str, int]) -> None:
    assert people.skills_in(",".join(f"{name}:{level}" for name, level in skills.items())) == skills


@given(st.text(st.sampled_from("ab:,1290 -²\n")) | st.text())
def test_any_text_is_skills_or_refused(text: str) -> None:
    try:
        skills = people.skills_in(text)
    except SkillsRefused:
        return
    assert all(name and name == name.strip() and level in LEVELS for name, level in skills.items())


def test_rights_are_read_or_refused() -> None:
    assert people.rights_in("review, sign_legal") == {May.REVIEW, May.SIGN_LEGAL}
    assert people.rights_in("") == frozenset()
    with pytest.raises(RightsRefused, match="rights are review, appeal, follow_up, sign_manager, sign_legal"):
        people.rights_in("review,everything")


@pytest.mark.parametrize(
    ("special", "refusal", "why"),
    [
        ({"skills": {"billing": 1}}, SkillsRefused, "no skill billing; it has general, specialist"),
        ({"languages": ("en", "tlh")}, LanguagesRefused, "no language tlh; it has en, es"),
        ({"alias": "A\x00"}, AliasRefused, "up to 60 letters"),
        ({"alias": "A" * 61}, AliasRefused, "up to 60 letters"),
        ({"staff_number": "7 <b>"}, StaffNumberRefused, "letters, digits and -"),
    ],
)
def test_a_person_fits_the_routing_config(
    special: dict[str, object], refusal: type[PersonRefused], why: str
) -> None:
    with pytest.raises(refusal, match=why):
        people.check(a_person(**special), a_config())


def test_a_whole_person_is_not_refused() -> None:
    whole = a_person(skills={"general": 2}, languages=("es",), alias="Ana M.", staff_number="A-17")
    people.check(whole, a_config())


def test_a_skill_that_needs_certification_counts_only_with_it() -> None:
    skills = {"general": 1, "specialist": 3}
    assert people.uncertified(a_person(skills=skills), a_config()) == ["specialist"]
    assert people.uncertified(a_person(skills=skills, certified=True), a_config()) == []

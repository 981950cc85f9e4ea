"""docs/lab.md and the grammar say the same: every verb, attribute, value, place, code and page."""

import re
from pathlib import Path

from ivr.lab import referee, twiml
from ivr.lab.grammar import CODES, NOT_COVERED, NOT_COVERED_ATTRIBUTES, PLACES, RULES

TEXT = (Path(__file__).parents[2] / "docs" / "lab.md").read_text("utf-8")
TWIML = TEXT.partition("\n## TwiML\n")[2].partition("\n## ")[0]
SECTIONS = {part.partition("\n")[0]: part for part in TWIML.split("\n### ")[1:]}
ELEMENTS = {
    found[1]: (found[2], part)
    for title, part in SECTIONS.items()
    if (found := re.fullmatch(r"`<(\w+)>` \[page\]\((\S+)\)", title))
}


def rows(section: str) -> list[list[str]]:
    """The cells of a section's table, without its head."""
    lines = [line for line in section.splitlines() if line.startswith("|")]
    assert all(line.endswith(" |") for line in lines[:1] + lines[2:])
    return [[cell.strip().strip("`") for cell in line.strip("|").split(" | ")] for line in lines[2:]]


def test_every_verb_and_noun_has_its_section_with_its_page():
    assert {name: page for name, (page, _) in ELEMENTS.items()} == {n: r.page for n, r in RULES.items()}


def test_every_attribute_has_its_row_and_every_row_its_attribute():
    told = {(name, row[0]): (row[1], row[2]) for name, (_, part) in ELEMENTS.items() for row in rows(part)}
    kinds = {(name, each): kind for name, rule in RULES.items() for each, kind in rule.attributes.items()}
    kinds |= {(name, "text"): rule.text for name, rule in RULES.items() if rule.text}
    assert told.keys() == kinds.keys() | NOT_COVERED_ATTRIBUTES
    assert {key for key, (state, _) in told.items() if state == "refused"} == NOT_COVERED_ATTRIBUTES
    assert {state for state, _ in told.values()} == {"covered", "checked", "refused"}
    assert {key: value for key, (_, value) in told.items() if key in kinds} == {
        key: kind.wanted for key, kind in kinds.items()
    }


def test_no_row_stands_twice():
    for _, part in ELEMENTS.values():
        names = [row[0] for row in rows(part)]
        assert len(names) == len(set(names))


def test_every_place_is_told_with_its_verbs_and_page():
    told = {row[0]: (set(row[2].split(", ")), row[3]) for row in rows(SECTIONS["Where a document runs"])}
    assert told == {context: (set(place.verbs), place.page) for context, place in PLACES.items()}


def test_every_code_is_told_with_its_page():
    told = {int(code): page for code, _, page in rows(SECTIONS["Codes"])}
    known = {*CODES.values(), *(place.code for place in PLACES.values())}
    known |= {referee.BAD_SCHEMA, referee.MIXED_NOUNS, referee.BAD_NOUN, referee.NO_NUMBER}
    known |= {referee.BAD_TIMEOUT, referee.TOO_LONG}
    known |= {twiml.PARSE_FAILURE, twiml.TOO_BIG, twiml.BAD_CONTENT_TYPE}
    assert told == {code: f"https://www.twilio.com/docs/api/errors/{code}" for code in known}


def test_every_verb_that_is_not_covered_is_told_with_its_page():
    assert {name.strip("<>"): page for name, page in rows(SECTIONS["Not covered"])} == NOT_COVERED


def test_every_content_type_of_play_and_twiml_is_accepted_as_told():
    told = " ".join(row[0] for row in rows(SECTIONS["What an answer is"]))
    for mime in twiml.TWIML_TYPES:
        assert mime in told


def test_no_section_is_empty():
    titles = re.findall(r"^## (.+)$", TEXT, re.MULTILINE)
    assert titles == [
        "TwiML", "Webhooks", "REST", "People on the telephone", "Faults", "Time", "Assumptions"
    ]  # fmt: skip
    assert all(len(part.split()) > 30 for part in TEXT.split("\n## "))

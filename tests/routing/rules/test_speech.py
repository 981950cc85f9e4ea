"""What a caller's words mean: a key, a question back, or nothing; and keys count for more than words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.schema import Menu
from routing.rules.speech import Reply, understand

MENU = Menu.model_validate(
    {
        "keys": {
            "1": {"queue": "general", "words": ("adviser", "a person", "somebody")},
            "2": {"language": "es", "words": ("español", "facturación")},
            "4": {"answer": "our_address", "words": ("where are you", "address")},
            "0": {"queue": "urgent", "words": ("emergency",)},
            "9": {"repeat": True},
        },
        "speech": {"confidence": 0.6},
    }
)
SILENT = MENU.model_copy(update={"speech": None})


def meaning(menu: Menu = MENU, **reply: object) -> str:
    """A key; `1?` for a key to be confirmed first; what is said to the caller when it was no key."""
    found = understand(menu, Reply(**reply))  # type: ignore[arg-type]
    return found.key + ("" if found.is_sure else "?") if found.key else found.fault


@pytest.mark.parametrize(
    ("words", "means"),
    [
        ("adviser", "1"),
        ("I would like to speak to an adviser please", "1"),
        ("a person", "1"),
        ("give me a person, now", "1"),
        ("where are you", "4"),
        ("so where are you exactly", "4"),
        ("your address", "4"),
        ("emergency", "0"),
        ("ADVISER!", "1"),
        ("Español.", "2"),
        ("ESPAÑOL", "2"),
        ("espanol", "2"),
        ("Facturación, por favor", "2"),
        ("facturacion", "2"),
        ("facturacio\u0301n", "2"),
        ("a  -  person", "1"),
        # a word within another, a phrase torn apart, a phrase of another order
        ("advisers", "not_understood"),
        ("person", "not_understood"),
        ("a nice person", "not_understood"),
        ("you are where", "not_understood"),
        # nothing, and nothing that is a word
        ("", "no_input"),
        ("...", "not_understood"),
        ("banana", "not_understood"),
        # words for two keys; two words for one key
        ("the address of an adviser", "not_understood"),
        ("somebody, an adviser", "1"),
    ],
)
def test_words_stand_for_the_one_key_whose_phrase_occurs_in_them(words: str, means: str) -> None:
    assert meaning(words=words) == means


@pytest.mark.parametrize(
    ("confidence", "means"), [(1.0, "1"), (0.6, "1"), (0.5999, "1?"), (0.0, "1?"), (float("nan"), "1?")]
)
def test_below_the_menus_confidence_the_caller_is_asked_first(confidence: float, means: str) -> None:
    assert meaning(words="adviser", confidence=confidence) == means


@pytest.mark.parametrize(
    ("reply", "means"),
    [
        ({"digits": "1"}, "4"),
        ({"words": "yes"}, "4"),
        ({"words": "Yeah, that's right."}, "4"),
        ({"words": "correct"}, "4"),
        ({"words": "Sí"}, "4"),
        ({"words": "si, claro"}, "4"),
        ({"words": "correcto"}, "4"),
        ({"words": "no"}, "not_understood"),
        ({"words": "No, that is not right"}, "not_understood"),
        ({"words": "that isn't right"}, "not_understood"),
        ({"words": "no, no es correcto"}, "not_understood"),
        ({"words": "wrong"}, "not_understood"),
        ({"words": "adviser"}, "not_understood"),
        ({"digits": "2"}, "2"),
        ({"digits": "9"}, "9"),
        ({"digits": "0"}, "0"),
        ({"digits": "7"}, "not_understood"),
        ({"digits": "7", "words": "yes"}, "not_understood"),
        ({"digits": "1", "words": "no"}, "4"),
        ({}, "no_input"),
    ],
    ids=lambda it: " ".join(it.values()) or "silence" if isinstance(it, dict) else None,
)
def test_what_was_understood_is_confirmed_by_key_1_or_a_yes(reply: dict[str, str], means: str) -> None:
    assert meaning(confirming="4", **reply) == means


def test_the_urgent_key_answers_a_question_back_also_where_the_menu_does_not_list_it() -> None:
    keys = {key: option for key, option in MENU.keys.items() if key != "0"}
    assert meaning(MENU.model_copy(update={"keys": keys}), confirming="4", digits="0") == "0"


@pytest.mark.parametrize("words", ["", "adviser", "the address of an adviser"])
@pytest.mark.parametrize("digits", ["1", "9", "0", "7"])
def test_a_key_counts_for_more_than_words_and_needs_no_confidence(digits: str, words: str) -> None:
    assert meaning(digits=digits, words=words, confidence=0.0) == digits


@pytest.mark.parametrize("words", ["adviser", "emergency", "yes"])
def test_a_menu_that_does_not_listen_hears_no_words(words: str) -> None:
    assert meaning(SILENT, words=words) == "no_input"


def test_a_phrase_without_a_letter_is_never_said() -> None:
    keys = {"1": {"queue": "general", "words": ("!", "¿?")}}
    menu = Menu.model_validate({"keys": keys, "speech": {}})
    assert [meaning(menu, words=words) for words in ("!", "...", "anything")] == ["not_understood"] * 3


@given(
    words=st.text(max_size=80),
    digits=st.text("0123456789*#a ", max_size=3),
    confidence=st.floats(),
    confirming=st.sampled_from(["", "1", "4"]),
)
def test_whatever_is_said_is_a_value_and_only_a_key_of_the_menu_is_acted_on(
    words: str, digits: str, confidence: float, confirming: str
) -> None:
    found = understand(MENU, Reply(digits, words, confidence, confirming))
    assert found.why
    assert found.key in {*MENU.keys, digits, ""}
    assert found.is_sure or not digits or confirming
    assert found.key or found.fault in ("no_input", "not_understood")

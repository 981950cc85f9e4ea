"""Every decision becomes a sound document, in every language; every prompt that is named exists."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

import callbacks.words
import ivr.voice
import routing
from config import prompts
from config.load import load_config
from config.schema import Menu, RoutingConfig
from config.settings import PACKAGED_CONFIG, Settings
from ivr.lab.twiml import problems
from ivr.voice import documents
from routing.floor import Floor
from routing.links import Links
from routing.rules.answers import Answer
from routing.rules.caller import Identity
from routing.rules.decisions import (
    Because,
    Connect,
    Decision,
    Enqueue,
    Exit,
    OfferCallback,
    PlayMenu,
    Rule,
    SayAndHangUp,
    Voicemail,
)
from routing.rules.destinations import NO_EXITS, OUT_OF_SERVICE, RESTRICTED
from tests.ivr.voice.scenes import a_config, another_call, at_an_app, treat
from tests.twilio import a_call_sid


def that_listens(config: RoutingConfig) -> RoutingConfig:
    """With a menu `talks`, which takes words for two of its keys and answers a question by a third."""
    words = {
        "1": {"queue": "general", "words": ("adviser", "a person")},
        "4": {"queue": "slow", "words": ("&",)},
    }
    keys = words | {"5": {"answer": "goodbye", "say": "press_general"}}
    talks = Menu.model_validate({"keys": keys, "speech": {"hints": ("<b>", "help")}})
    return config.model_copy(update={"menus": config.menus | {"talks": talks}})


CONFIG = that_listens(load_config(PACKAGED_CONFIG))
MESSAGES = (
    "closed",
    "email_only",
    "closed_hours",
    "nobody_signed_in",
    "voicemail_kept",
    "all_busy",
    "goodbye",
)
EXITS = (NO_EXITS, OUT_OF_SERVICE, RESTRICTED)
LINKS = Links("https://voice.example.com", b"a key of the tests")
BECAUSE = Because(Rule.MENU, Identity.SURE, 0)
SAID_FIRST = ["", "wrong_key", "no_input", "menu_otherwise", "call_me_back_unknown"]
DECISIONS: list[Decision] = [
    *(PlayMenu("main", BECAUSE, attempt, after) for attempt in (1, 2, 3) for after in SAID_FIRST),
    *(PlayMenu("talks", BECAUSE, confirm=confirm) for confirm in ("", "1", "4")),
    *(Enqueue(queue, BECAUSE, after) for queue in CONFIG.queues for after in SAID_FIRST),
    *(SayAndHangUp(name, BECAUSE, exits) for name in MESSAGES for exits in EXITS),
    *(Voicemail("leave_message", BECAUSE, exits) for exits in EXITS),
    *(OfferCallback("offer_callback", BECAUSE, exits | {Exit.CALL_ME_BACK}) for exits in EXITS),
    OfferCallback("call_me_back", BECAUSE, accepted=True),
    Connect("anna", BECAUSE),
]


def rendered(decision: Decision, language: str, config: RoutingConfig = CONFIG) -> str:
    return documents.render(Answer(decision, language, "support", 1), a_call_sid(), config, LINKS)


def name(decision: Decision) -> str:
    more = (getattr(decision, part, "") for part in ("attempt", "after", "confirm", "accepted"))
    exits = ".".join(sorted(getattr(decision, "exits", ())))
    return " ".join(str(part) for part in (decision.do, decision.name, *more, exits) if part)


@pytest.mark.parametrize("language", CONFIG.languages)
@pytest.mark.parametrize("decision", DECISIONS, ids=name)
def test_every_decision_becomes_a_sound_document(decision: Decision, language: str) -> None:
    document = rendered(decision, language)
    assert problems(document.encode()) == []
    assert "{" not in document


def test_the_table_holds_every_type_of_decision() -> None:
    assert {type(decision) for decision in DECISIONS} == set(get_args(Decision))


def test_links_carry_the_calls_own_token_and_the_xml_escapes_them() -> None:
    where = "language=en&amp;menu=main&amp;attempt=1&amp;visit=1&amp;token="
    assert f'action="https://voice.example.com/voice/menu?{where}' in rendered(
        PlayMenu("main", BECAUSE), "en"
    )


CONTROL = "".join(chr(code) for code in range(32) if chr(code) not in "\t\n\r") + "\ufffe\uffff"
ESCAPED = "".join(f"\\u{ord(letter):04x}" for letter in CONTROL)


@pytest.fixture
def odd_config(tmp_path: Path) -> Path:
    """Control characters wherever a person writes text, and letters that XML escapes."""
    return a_config(
        tmp_path,
        ("name: Example Company", f'name: "Müller & <Söhne>{ESCAPED}"'),
        ("es: {code: es-US}", f'es: {{code: es-US, voice: "Polly.Lupe{ESCAPED}"}}'),
        ("\nprompts:\n", f'\nprompts:\n  en: {{closed: "You{ESCAPED} are ]]> closed out."}}\n'),
    )


def test_control_characters_are_stripped_from_what_is_said(
    settings: Settings, floor: Floor, odd_config: Path
) -> None:
    twilio = at_an_app(settings, calmline_config=odd_config)
    menu = twilio.calls()
    assert menu.says[0] == "Thank you for calling Müller & <Söhne>."
    spanish = twilio.presses(menu, "2")
    assert spanish.says[0] == "Gracias por llamar a Müller & <Söhne>."
    assert spanish.root[0][0].get("voice") == "Polly.Lupe"
    treat(floor, "closed", "+14155550199")
    assert another_call(twilio, caller="+14155550199").calls().says[0] == "You are ]]> closed out."


@pytest.mark.parametrize("language", CONFIG.languages)
def test_every_document_stays_sound_with_them(odd_config: Path, language: str) -> None:
    config = that_listens(load_config(odd_config))
    faults = {name(each): problems(rendered(each, language, config).encode()) for each in DECISIONS}
    assert {decision: found for decision, found in faults.items() if found} == {}


SOURCES = [
    *Path(ivr.voice.__path__[0]).glob("*.py"),
    *Path(routing.__path__[0]).rglob("*.py"),
    Path(callbacks.words.__file__),
]


# Where a prompt is named: by position in these calls, by these keywords, and in these tables.
NAMED_BY = {"speak": 0, "spoken": 1, "SayAndHangUp": 0, "OfferCallback": 0, "Voicemail": 0, "Understood": 3}
TABLES = {"_OFFERS", "_JOINED", "_WITH_WRITTEN_CHANNEL", "_FAREWELLS"}


def _named_in_code() -> Iterator[str]:
    """Every text that stands where a prompt is named."""
    trees = [ast.parse(source.read_text("utf-8")) for source in SOURCES]
    for node in (node for tree in trees for node in ast.walk(tree)):
        for found in (part for value in _naming(node) for part in ast.walk(value)):
            if isinstance(found, ast.Constant) and isinstance(found.value, str) and found.value:
                yield found.value


def _naming(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.Call):
        called = getattr(node.func, "attr", getattr(node.func, "id", ""))
        if called in NAMED_BY:
            given = node.args[NAMED_BY[called] :][:1]
            yield from (value for value in given if not isinstance(value, ast.Subscript))
        yield from (keyword.value for keyword in node.keywords if keyword.arg in ("after", "fault"))
    elif isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") in TABLES:
        yield from node.value.values if isinstance(node.value, ast.Dict) else [node.value]
    elif isinstance(node, ast.comprehension) and getattr(node.target, "id", "") == "prompt":
        yield node.iter


def test_every_prompt_that_the_code_names_exists_in_every_language() -> None:
    named = set(_named_in_code())
    assert {"waiting", "press_urgent", "wrong_key", "menu_otherwise", "fallback", "write_to"} <= named
    assert {"confirm", "after_beep", "voicemail_kept", "call_me_back_unknown", "fallback_goodbye"} <= named
    for language in CONFIG.languages:
        assert named - set(CONFIG.prompts[language]) == set()


def test_every_packaged_prompt_is_used_and_every_language_has_the_same() -> None:
    text = "\n".join(source.read_text("utf-8") for source in (*SOURCES, PACKAGED_CONFIG))
    used = {prompt for prompt in prompts.packaged("en") if f'"{prompt}"' in text or f": {prompt}" in text}
    assert used == set(prompts.packaged("en")) == set(prompts.packaged("es"))

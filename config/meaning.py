"""What a routing config means: what cannot be reached, leads nowhere, never opens, or is never served."""

from collections.abc import Iterator

from config import hours_meaning, prompts
from config.references import Finding
from config.schema import Destination, Menu, Option, RoutingConfig

# A prompt longer than this many characters takes over half a minute to hear (about 15 a second).
LONGEST_PROMPT = 450
# The options of a menu together: nobody remembers the first one after a minute.
LONGEST_MENU = 900


def check(config: RoutingConfig) -> list[Finding]:
    """What is written correctly and still wrong, each with the keys that lead to it."""
    return [
        *_menu_loops(config),
        *_unreachable_menus(config),
        *_dead_ends(config),
        *_overflow_loops(config),
        *_unserved_queues(config),
        *hours_meaning.check(config.hours),
        *_lengths(config),
        *_words(config),
    ]


def _menu_loops(config: RoutingConfig) -> Iterator[Finding]:
    """Menus that a caller who presses nothing never gets out of."""
    for name in config.menus:
        seen, at = [name], config.menus[name].otherwise.menu
        while at in config.menus and at not in seen:
            seen.append(at)
            at = config.menus[at].otherwise.menu
        if at == name:
            yield (
                ("menus", name, "otherwise"),
                f"leads back here ({' -> '.join([*seen, name])}), so that a caller who presses nothing "
                "never gets out; let one of them lead to a queue or a message",
            )


def _unreachable_menus(config: RoutingConfig) -> Iterator[Finding]:
    reached = {line.menu for line in config.lines.values()}
    reached |= {place.menu for _, place in _places(config) if place.menu}
    for name in config.menus:
        if name not in reached:
            yield ("menus", name), "no line, key or overflow leads to this menu; use it or take it out"


def _dead_ends(config: RoutingConfig) -> Iterator[Finding]:
    """Menus whose keys all say the same menu again, and keys that can never be chosen."""
    for name, menu in config.menus.items():
        if menu.keys and not any(_leads_on(option) for option in menu.keys.values()):
            yield ("menus", name, "keys"), "no key leads out of this menu; give one a queue, menu or message"
        for key, option in menu.keys.items():
            if option.menu == name:
                yield ("menus", name, "keys", key), "leads to the menu it is in; write `repeat: true`"


def _leads_on(option: Option) -> bool:
    ways = (option.queue, option.menu, option.message, option.voicemail, option.offer_callback)
    return any(ways) or bool(option.call_me_back)


def _overflow_loops(config: RoutingConfig) -> Iterator[Finding]:
    for name, queue in config.queues.items():
        seen, at = [name], queue.overflow.queue
        while at in config.queues and at not in seen:
            seen.append(at)
            at = config.queues[at].overflow.queue
        if at == name:
            yield (
                ("queues", name, "overflow"),
                f"leads back here ({' -> '.join([*seen, name])}), so that a caller waits for ever; "
                "let one of them lead to a message",
            )


def _unserved_queues(config: RoutingConfig) -> Iterator[Finding]:
    for name, queue in config.queues.items():
        skill = config.skills.get(queue.skill)
        if skill is not None and name not in skill.queues:
            yield (
                ("queues", name, "skill"),
                f"skill `{queue.skill}` does not serve this queue; add {name} to skills.{queue.skill}.queues",
            )


def _lengths(config: RoutingConfig) -> Iterator[Finding]:
    for language, texts in config.prompts.items():
        for prompt, wording in texts.items():
            if len(wording.words) > LONGEST_PROMPT:
                yield (
                    ("prompts", language, prompt),
                    f"takes {len(wording.words) // 15} s to hear; shorten it to {LONGEST_PROMPT} characters",
                )
        for name, menu in config.menus.items():
            if (length := _menu_length(menu, texts)) > LONGEST_MENU:
                yield (
                    ("menus", name),
                    f"takes {length // 15} seconds to hear in {language}; move options to another menu",
                )


def _menu_length(menu: Menu, texts: prompts.Texts) -> int:
    said = [menu.greeting, *(option.say for option in menu.keys.values())]
    return sum(len(texts[prompt].words) for prompt in said if prompt is not None and prompt in texts)


def _words(config: RoutingConfig) -> Iterator[Finding]:
    """Words that stand for two keys can choose neither."""
    for name, menu in config.menus.items():
        seen: dict[str, str] = {}
        for key, option in menu.keys.items():
            here = ("menus", name, "keys", key, "words")
            if option.words and menu.speech is None:
                yield here, f"the menu does not listen; give menus.{name} a `speech:`"
            for word in option.words:
                if word.casefold() in seen:
                    yield here, f'"{word}" stands for key {seen[word.casefold()]} too'
                seen[word.casefold()] = key


def _places(config: RoutingConfig) -> Iterator[tuple[tuple[str, ...], Destination | Option]]:
    for name, line in config.lines.items():
        for what in ("emergency", "after_hours", "nobody_signed_in"):
            yield ("lines", name, what), getattr(line, what)
    for name, menu in config.menus.items():
        yield ("menus", name, "otherwise"), menu.otherwise
        for key, option in menu.keys.items():
            yield ("menus", name, "keys", key), option
    for name, queue in config.queues.items():
        yield ("queues", name, "overflow"), queue.overflow

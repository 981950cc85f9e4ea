"""What a routing config means: what cannot be reached, leads nowhere, never opens, or is never served."""

from collections.abc import Iterator

from config import hours_meaning, prompts
from config.references import Finding
from config.schema import Destination, Menu, Option, RoutingConfig

# A prompt longer than this many characters takes over half a minute to hear (about 15 a second).
LONGEST_PROMPT = 450
# The options of a menu together: nobody remembers the first one after a minute.
LONGEST_MENU = 900
_Place = tuple[str, str]


def check(config: RoutingConfig) -> list[Finding]:
    """What is written correctly and still wrong, each with the keys that lead to it."""
    return [
        *_loops(config),
        *_unreachable_menus(config),
        *_dead_ends(config),
        *_unserved_queues(config),
        *hours_meaning.check(config.hours),
        *_lengths(config),
        *_words(config),
        *_hours_to_call(config),
    ]


def _loops(config: RoutingConfig) -> Iterator[Finding]:
    """Menus and queues that a caller who presses nothing never gets out of."""
    for kind, part in (("menus", "otherwise"), ("queues", "overflow")):
        for name in getattr(config, kind):
            way = _way(config, (kind, name))
            if way[-1] in way[:1] and len(way) > 1:
                said = " -> ".join(name for _, name in way)
                yield (
                    (kind, name, part),
                    f"leads back here ({said}), so that a caller who presses nothing never gets out; "
                    "let one of them lead to a message",
                )


def _way(config: RoutingConfig, start: _Place) -> list[_Place]:
    """Where a caller who presses nothing comes from `start`, to the end or to a place met before."""
    way = [start]
    while (at := _next(config, way[-1])) is not None:
        way.append(at)
        if at in way[:-1]:
            break
    return way


def _next(config: RoutingConfig, at: _Place) -> _Place | None:
    kind, name = at
    to = config.menus[name].otherwise if kind == "menus" else config.queues[name].overflow
    if to.menu is not None:
        return "menus", to.menu
    return ("queues", to.queue) if to.queue is not None else None


def _unreachable_menus(config: RoutingConfig) -> Iterator[Finding]:
    reached: set[str] = set()
    ahead = {line.menu for line in config.lines.values()}
    # Any queue may be waited in: the conduct policy and agents send calls to them, too.
    ahead |= {to.menu for (kind, *_), to in _places(config) if kind != "menus" and to.menu}
    while ahead:
        reached |= ahead
        ways = [(name, to.menu) for (kind, name, *_), to in _places(config) if kind == "menus" and to.menu]
        ahead = {to for name, to in ways if name in reached} - reached
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


def _hours_to_call(config: RoutingConfig) -> Iterator[Finding]:
    """The window in which promised calls are made, and the time of day within it (docs/policy.md 22)."""
    told = config.callbacks
    if told.earliest >= told.latest:
        yield (
            ("callbacks", "latest"),
            f"is {told.latest}, not later than earliest ({told.earliest}), so nobody could ever be called",
        )
    elif not told.earliest <= told.at < told.latest:
        yield (
            ("callbacks", "at"),
            f"is {told.at}; it should lie from earliest ({told.earliest}) until before latest",
        )

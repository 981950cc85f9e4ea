"""Every name in the routing config that stands for something else must be the name of something."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from babel.dates import format_datetime

from config import prompts
from config.schema import NORMAL_QUEUE, URGENT_KEY, Destination, Option, RoutingConfig

Finding = tuple[tuple[str | int, ...], str]

# The queues that the conduct policy sends calls to, and the prompts that the line says by itself.
POLICY_QUEUES = (NORMAL_QUEUE, "specialist", "slow", "team_leader", "urgent")


def check(config: RoutingConfig) -> list[Finding]:
    """What names nothing, each with the keys that lead to it."""
    return [
        *_lines(config),
        *_menus(config),
        *_queues(config),
        *_skills(config),
        *_prompts(config),
    ]


def prompts_of_unknown_languages(config: RoutingConfig) -> Iterator[Finding]:
    """Prompts that nobody will ever hear."""
    for language in config.prompts:
        yield from _known(("prompts", language), language, config.languages, "languages")


def _lines(config: RoutingConfig) -> Iterator[Finding]:
    defaults = [name for name, line in config.lines.items() if line.default]
    if len(defaults) != 1:
        yield ("lines",), f"exactly one line takes `default: true`; here: {len(defaults)}"
    seen: dict[str, str] = {}
    for name, line in config.lines.items():
        here = ("lines", name)
        yield from _known((*here, "hours"), line.hours, config.hours, "hours")
        yield from _known((*here, "menu"), line.menu, config.menus, "menus")
        for language in line.languages:
            yield from _known((*here, "languages"), language, config.languages, "languages")
        for what in ("emergency", "after_hours", "nobody_signed_in"):
            yield from _destination(config, (*here, what), getattr(line, what))
        if line.notice:
            yield from _said(config, (*here, "notice"), line.notice)
        for number in line.numbers:
            if number in seen:
                yield (*here, "numbers"), f"{number} is also a number of the line {seen[number]}"
            seen[number] = name
    yield from _desks(config, seen)


def _desks(config: RoutingConfig, taken: dict[str, str]) -> Iterator[Finding]:
    """A number is for callers or for agents who sign in, and then of one line."""
    for name, line in config.lines.items():
        here, number = ("lines", name, "agent_number"), line.agent_number
        if number and number in taken:
            yield here, f"{number} is also a number of the line {taken[number]}; agents need one of their own"
        elif number:
            taken[number] = name


def _menus(config: RoutingConfig) -> Iterator[Finding]:
    for name, menu in config.menus.items():
        here = ("menus", name)
        yield from _destination(config, (*here, "otherwise"), menu.otherwise)
        if menu.greeting:
            yield from _said(config, (*here, "greeting"), menu.greeting)
        for key, option in menu.keys.items():
            yield from _destination(config, (*here, "keys", key), option)
            if key == URGENT_KEY and option.queue != "urgent":
                yield (*here, "keys", key), "0 is the urgent key on every menu; it takes `queue: urgent`"
            if option.language:
                yield from _known(
                    (*here, "keys", key, "language"), option.language, config.languages, "languages"
                )
            if option.say:
                yield from _said(config, (*here, "keys", key, "say"), option.say)


def _queues(config: RoutingConfig) -> Iterator[Finding]:
    for queue in POLICY_QUEUES:
        if queue not in config.queues:
            yield ("queues",), f"the conduct policy needs a queue `{queue}`; it is missing"
    for name, queue_ in config.queues.items():
        yield from _known(("queues", name, "skill"), queue_.skill, config.skills, "skills")
        yield from _destination(config, ("queues", name, "overflow"), queue_.overflow)


def _skills(config: RoutingConfig) -> Iterator[Finding]:
    for name, skill in config.skills.items():
        for queue in skill.queues:
            yield from _known(("skills", name, "queues"), queue, config.queues, "queues")


def _prompts(config: RoutingConfig) -> Iterator[Finding]:
    for language, texts in config.prompts.items():
        for needed in prompts.packaged("en"):
            if needed not in texts:
                yield ("languages", language), f"has no prompt `{needed}`; give it under prompts.{language}"
        if "moment" in texts and (wrong := _wrong_moment(texts["moment"].text)):
            yield ("prompts", language, "moment"), wrong
        for prompt, words in texts.items():
            for name in set(prompts.PLACEHOLDER.findall(words.words)) - prompts.placeholders(prompt):
                may = ", ".join(f"{{{known}}}" for known in sorted(prompts.placeholders(prompt)))
                yield ("prompts", language, prompt), f"holds {{{name}}}; it may hold {may}"
            if set("{}") & set(prompts.PLACEHOLDER.sub("", words.words)):
                yield (
                    ("prompts", language, prompt),
                    "holds a brace without its partner, which would be spoken",
                )


def _wrong_moment(pattern: str | None) -> str:
    """What is wrong with how a moment is said; "" for nothing."""
    right = "; it is no sentence but a pattern, such as EEEE, MMMM d, 'at' h:mm a"
    try:
        said = format_datetime(datetime(2027, 1, 4, 9, 30), pattern or "", locale="en")  # noqa: DTZ001
    except (ValueError, KeyError) as wrong:
        return f"{wrong}{right}"
    return "" if said.strip() else f"says nothing{right}"


def _destination(
    config: RoutingConfig, here: tuple[str | int, ...], to: Destination | Option
) -> Iterator[Finding]:
    if to.queue:
        yield from _known((*here, "queue"), to.queue, config.queues, "queues")
    if to.menu:
        yield from _known((*here, "menu"), to.menu, config.menus, "menus")
    for what in ("message", "voicemail", "offer_callback", "answer"):
        if said := getattr(to, what, None):
            yield from _said(config, (*here, what), said)


def _said(config: RoutingConfig, here: tuple[str | int, ...], prompt: str) -> Iterator[Finding]:
    for language, texts in config.prompts.items():
        if prompt not in texts:
            yield here, f"there is no prompt `{prompt}` in {language}; give it under prompts.{language}"


def _known(
    here: tuple[str | int, ...], name: str, among: Mapping[str, object], what: str
) -> Iterator[Finding]:
    if name not in among:
        yield here, f"there is no `{name}` under `{what}:`; there is {', '.join(sorted(among))}"

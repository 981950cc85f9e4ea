"""`calmline lab phone`: telephones at the terminal, in a running lab."""

import os
import signal
import sys
from collections.abc import Iterator

import click
from rich.console import Console
from rich.text import Text

from ivr.cli.lab_site import lab_settings, lab_url
from ivr.cli.numbers import config_of
from ivr.cli.phone_booth import BY_HAND, Booth, keep_telling
from ivr.lab.control.client import LabClient, LabError
from ivr.lab.control.reader import WORDS, Misread, read_command
from routing.floor import open_floor
from routing.rules.phone_numbers import NumberKind, read_number

A_NUMBER = "+12125550160"  # fictional: 555-0100 to 555-0199 belong to nobody
COLOURS = ("cyan", "magenta", "yellow", "green", "blue", "red")
NOT_NUMBERS = ("client:", "sip:", "sips:", "anonymous")


@click.command()
@click.argument("numbers", nargs=-1, metavar="[NUMBER]…")
@click.option(
    "--answer-after",
    type=click.FloatRange(0, 600),
    metavar="S",
    help="Pick up by itself after so many seconds; else by `answer`.",
)
def phone(numbers: tuple[str, ...], answer_after: float | None) -> None:
    """Hold telephones in the running lab: call the line, answer when it rings, press keys, speak.

    Keys are typed as they are (digits, * and #); `help` lists the commands. Several telephones at once are
    told apart by their numbers. Commands may come through a pipe; at their end every call is hung up.
    """
    settings = lab_settings("`calmline lab phone` is a telephone of the lab")
    config = config_of(open_floor(settings))
    line = config.lines[config.default_line]
    console = Console(highlight=False)

    def number_of(text: str) -> str:
        return _number(text, line.region)

    try:
        held = [number_of(text) for text in numbers] or [A_NUMBER]
        booth = Booth(
            LabClient(lab_url(settings)),
            held,
            line=next(iter(line.numbers), ""),
            number_of=number_of,
            show=lambda number, text: _print(console, held, number, text),
            ringing=BY_HAND if answer_after is None else {"pickup": "answer", "after_s": answer_after},
        )
        _hold(booth, lab_url(settings))
    except ValueError as wrong:
        raise click.BadParameter(str(wrong), param_hint="NUMBER") from None
    except LabError as error:
        raise click.ClickException(str(error)) from None


def _hold(booth: Booth, url: str) -> None:
    """Until `quit`, the end of what is typed, Ctrl-C, SIGTERM, or the lab's end (raises LabError)."""
    ended: list[LabError] = []

    def gone(error: LabError) -> None:
        ended.append(error)
        os.kill(os.getpid(), signal.SIGINT)  # the way out of a read that waits for the keyboard

    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    keep_telling(booth, url, gone)
    try:
        for typed in _typed(booth):
            command = read_command(typed, booth.numbers, booth.current)
            if isinstance(command, Misread):
                click.echo(command.why)
            elif command is not None and not booth.do(command):
                break
    except KeyboardInterrupt:
        if ended:
            raise ended[0] from None
    finally:
        signal.signal(signal.SIGTERM, before)
    booth.leave()


def _typed(booth: Booth) -> Iterator[str]:
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        yield from sys.stdin
        return
    # Here, for it takes as long to import as a whole command to run.
    from prompt_toolkit import PromptSession
    from prompt_toolkit.completion import WordCompleter
    from prompt_toolkit.patch_stdout import patch_stdout
    from prompt_toolkit.shortcuts import CompleteStyle

    click.echo("Type `call` to call the line, `help` for more, `quit` to go. Tab completes.")
    choices = [*WORDS, *(f"use {number}" for number in booth.numbers)]
    session: PromptSession[str] = PromptSession(
        completer=WordCompleter(choices, sentence=True),
        complete_while_typing=False,
        complete_style=CompleteStyle.READLINE_LIKE,
    )
    with patch_stdout(raw=True):
        while True:
            try:
                yield session.prompt(lambda: f"{booth.current}> ")
            except EOFError:
                return


def _print(console: Console, numbers: list[str], number: str, text: str) -> None:
    colour = COLOURS[numbers.index(number) % len(COLOURS)] if number else ""
    label = Text(f"{number}  " if number else "", style=colour)
    console.print(label + Text(text), soft_wrap=True)


def _number(text: str, region: str) -> str:
    """A telephone's number in E.164, or what stands for one. Raises ValueError."""
    if text.startswith(NOT_NUMBERS):
        return text
    number = read_number(text, region)
    if number.kind is not NumberKind.E164:
        raise ValueError(f'"{text}" is no telephone number; write it such as +12125550160.')
    return number.e164

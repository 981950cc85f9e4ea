"""What the webhooks of one process work with, and where they find it."""

from dataclasses import dataclass

from flask import Flask, current_app

from callbacks.ledger import Ledger, open_ledger
from config.settings import Settings
from ivr.voice.admission import Door
from ivr.voice.apology import Apology
from routing.floor import Floor
from routing.recorded_media import RecordedMedia

_NAME = "calmline"


@dataclass(frozen=True, slots=True)
class Exchange:
    """The floor, the ledger of promised calls, the door before them, words when all else fails, sound."""

    floor: Floor
    ledger: Ledger
    door: Door
    apology: Apology
    media: RecordedMedia


def install(app: Flask, floor: Floor, settings: Settings) -> None:
    """Give an app its exchange."""
    app.extensions[_NAME] = Exchange(
        floor,
        open_ledger(floor),
        Door(settings, floor.links),
        Apology(floor.configs.current, floor.links),
        RecordedMedia(settings),
    )


def exchange() -> Exchange:
    """The exchange of the app that serves this request."""
    found: Exchange = current_app.extensions[_NAME]
    return found

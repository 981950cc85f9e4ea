"""A live floor of its own, with no processes and no telephones: its steps alone, as quick as they are."""

from collections.abc import Iterator
from contextlib import contextmanager

from benchmarks.valkey import own_valkey
from benchmarks.yardsticks import new_folder
from config.observe import configure_logging
from config.settings import load_settings
from routing.floor import Floor, open_patient_floor
from tests.twilio import ACCOUNT, TOKEN


@contextmanager
def a_floor() -> Iterator[Floor]:
    """On a Valkey that keeps its data as the product's does, and is gone at the end."""
    configure_logging("ERROR")
    with new_folder() as folder, own_valkey(folder) as socket:
        settings = load_settings(
            twilio_account_sid=ACCOUNT,
            twilio_auth_token=TOKEN,
            calmline_data=folder,
            calmline_lab=True,
            redis_url=f"unix://{socket}",
        )
        yield open_patient_floor(settings)

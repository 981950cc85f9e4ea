"""What a worker can be asked to do, each job named once. A job is a door: it takes ids, and the room is
behind it. Running late, twice or never to the end must do nothing twice."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from callbacks import dialling, mail
from callbacks.ledger import open_ledger
from callbacks.mail import Post
from routing.floor import Floor


@dataclass(frozen=True, slots=True)
class Workroom:
    """What the jobs of one process work with."""

    site: str
    floor: Floor
    post: Post


_workrooms: list[Workroom] = []


def work_in(room: Workroom) -> None:
    """From now on the jobs of this process, and of those that it forks, work with this."""
    _workrooms[:] = [room]


def send_mail(site: str, mail_id: str) -> None:
    """Send a mail that is due; nothing when it was sent already."""
    room = _room_of(site)
    mail.send(room.floor, room.post, mail_id)


def dial(site: str, callback_id: str) -> None:
    """Begin an attempt at a promised call that is due; nothing for one that is not."""
    room = _room_of(site)
    dialling.dial(room.floor, open_ledger(room.floor), callback_id)


def _room_of(site: str) -> Workroom:
    [room] = _workrooms
    if room.site != site:
        raise ValueError(f"a job of the site {site} in a worker of {room.site}")
    return room


def _name(job: Callable[[str, str], None]) -> str:
    return f"{job.__module__}.{job.__name__}"


SEND_MAIL, DIAL = _name(send_mail), _name(dial)
JOBS: Mapping[str, Callable[[str, str], None]] = {SEND_MAIL: send_mail, DIAL: dial}

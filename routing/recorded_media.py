"""The sound of a recording, fetched from Twilio with our name there and passed on as it comes.

https://www.twilio.com/docs/voice/api/recording#fetch-a-recordings-media
"""

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

import requests
from requests.exceptions import RequestException
from urllib3.exceptions import HTTPError

from config.observe import log
from config.settings import Settings
from routing.twilio_rest import TIMEOUT_S

TWILIO = "https://api.twilio.com"
LARGEST = 50 * 1024 * 1024
LONGEST_S = 60.0
_PART = 64 * 1024
_MOST_REDIRECTS = 3
_RECORDING_SID = re.compile(r"RE[0-9a-fA-F]{32}")


class NoRecording(Exception):
    """There is none, or not any more."""


class RecordingFailed(Exception):
    """Twilio did not give it; the message holds no address and no secret."""


@dataclass(frozen=True, slots=True)
class Sound:
    """A recording as it comes in. Read to its end or closed: it holds a connection."""

    parts: Iterator[bytes]


class RecordedMedia:
    """The recordings of the account. Nothing is asked of any other host, whatever Twilio answers."""

    def __init__(self, settings: Settings, *, largest: int = LARGEST, longest_s: float = LONGEST_S) -> None:
        self._base = (settings.twilio_api_url or TWILIO).rstrip("/")
        user, secret = settings.twilio_account_sid, settings.twilio_auth_token
        if settings.twilio_api_key and settings.twilio_api_secret:
            user, secret = settings.twilio_api_key, settings.twilio_api_secret
        self._auth = (user, secret.get_secret_value())
        self._account = settings.twilio_account_sid
        self._largest, self._longest_s = largest, longest_s

    def open(self, recording_sid: str) -> Sound:
        """Raises NoRecording, RecordingFailed; a recording that is too large or too slow is cut off."""
        if not _RECORDING_SID.fullmatch(recording_sid):
            raise NoRecording("There is no recording of this call.")
        until = time.monotonic() + self._longest_s
        url = f"{self._base}/2010-04-01/Accounts/{self._account}/Recordings/{recording_sid}.wav"
        answer = self._asked(url)
        try:
            self._check(answer)
        except Exception:
            answer.close()
            raise
        return Sound(self._parts(answer, until))

    def _asked(self, url: str) -> requests.Response:
        """Redirects are followed by hand: our name and secret go to the one host alone."""
        for _ in range(_MOST_REDIRECTS + 1):
            answer = self._get(url)
            if not answer.is_redirect:
                return answer
            url = urljoin(url, answer.headers["Location"])
            answer.close()
            if urlsplit(url)[:2] != urlsplit(self._base)[:2]:
                raise _failed("it was to be fetched from another host")
        raise _failed("it was sent on and on")

    def _get(self, url: str) -> requests.Response:
        try:
            return requests.get(
                url,
                auth=self._auth,
                headers={"Accept-Encoding": "identity"},
                stream=True,
                allow_redirects=False,
                timeout=TIMEOUT_S,
            )
        except RequestException as failed:
            raise _failed(f"it cannot be reached ({type(failed).__name__})") from None

    def _check(self, answer: requests.Response) -> None:
        if answer.status_code in (404, 410):
            raise NoRecording("The recording is not there, or not yet complete.")
        if answer.status_code != 200:
            raise _failed(f"it answered with {answer.status_code}")
        length = answer.headers.get("Content-Length", "0")
        if not length.isdecimal() or int(length) > self._largest:
            raise _failed("it is too large")

    def _parts(self, answer: requests.Response, until: float) -> Iterator[bytes]:
        so_far = 0
        with answer:
            while part := _next_part(answer):
                so_far += len(part)
                if so_far > self._largest or time.monotonic() > until:
                    raise _failed("it is too large, or came too slowly")
                yield part


def _next_part(answer: requests.Response) -> bytes:
    """What has come; to wait until a part is full would let a slow host hold us for ever."""
    try:
        part: bytes = answer.raw.read1(_PART)
    except (HTTPError, OSError) as failed:
        raise _failed(f"it broke off ({type(failed).__name__})") from None
    return part


def _failed(said: str) -> RecordingFailed:
    log.warning("recording_failed", because=said)
    return RecordingFailed(f"Twilio did not give the recording: {said}.")

"""Asks a running lab over HTTP: what `calmline call` and `calmline lab phone` do with it."""

from collections.abc import Callable, Sequence
from typing import Any

import requests

from ivr.lab.caller import CallStory
from ivr.lab.control.bodies import LONGEST_POLL_S
from ivr.lab.story import Heard, Request

JSON = dict[str, Any]
ANSWERS_WITHIN_S = 5.0
POLL_S = LONGEST_POLL_S / 2


class LabError(Exception):
    """The message is a sentence for people."""


class NoLabError(LabError):
    """Nobody answers there, or somebody who is no lab."""

    def __init__(self, url: str) -> None:
        super().__init__(f"No lab answers at {url}; start `calmline demo` or `calmline lab serve`.")


class LabSaysNo(LabError):
    """The lab refused; `code` is its reason."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class LabClient:
    """The lab at `url`. Every method raises NoLabError and LabSaysNo. Not for several threads at once."""

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")
        self._session = requests.Session()
        # A proxy of the environment is for other machines.
        self._session.trust_env = False

    def about(self) -> JSON:
        """`{account_sid, web, now, lines}`."""
        return self._ask("GET", "")

    def phone(self, number: str, ringing: JSON | None = None) -> JSON:
        """The telephone of this number, made if there is none; `ringing` as in ivr/lab/control/bodies.py."""
        return self._ask("POST", "/phones", {"number": number} | ({"ringing": ringing} if ringing else {}))

    def act(self, number: str, what: str, **more: str) -> JSON:
        """call (to), press (keys), say (words), answer, reject, hang-up or drop on this telephone."""
        return self._ask("POST", f"/phones/{what}", {"number": number, **more})

    def phones(self) -> list[JSON]:
        """Every telephone of the lab."""
        items: list[JSON] = self._ask("GET", "/phones")["items"]
        return items

    def news(self, numbers: Sequence[str], since: int, wait_s: float = POLL_S) -> JSON:
        """`{items, next}`: waits so many seconds for what these telephones hear and do."""
        body = {"numbers": list(numbers), "since": since, "wait_s": wait_s}
        return self._ask("POST", "/phones/news", body, within_s=wait_s + ANSWERS_WITHIN_S)

    def place_call(
        self,
        *,
        from_: str,
        to: str,
        press: Sequence[str] = (),
        say: str | None = None,
        wait_s: float = 0,
        stir_verstat: str | None = None,
        on_heard: Callable[[Heard], None] | None = None,
    ) -> CallStory:
        """The call of ivr/lab/caller.py through the lab's own network; hung up when this is interrupted."""
        asked = {"press": list(press), "say": say, "wait_s": wait_s, "stir_verstat": stir_verstat}
        call = self._ask("POST", "/calls", {"from": from_, "to": to} | asked)["call_sid"]
        try:
            return self._to_its_end(call, on_heard)
        except KeyboardInterrupt:
            self._ask("POST", f"/calls/{call}/hang-up", {})
            raise

    def _to_its_end(self, call: str, on_heard: Callable[[Heard], None] | None) -> CallStory:
        since, story = 0, None
        while story is None:
            body = {"since": since, "wait_s": POLL_S}
            told = self._ask("POST", f"/calls/{call}/heard", body, within_s=POLL_S + ANSWERS_WITHIN_S)
            for heard in told["heard"]:
                if on_heard is not None:
                    on_heard(Heard(**heard))
            since, story = told["next"], told["story"]
        return _story(story)

    def story(self) -> str:
        """Everything that happened in the lab, a line each."""
        return self._send("GET", "/story", None, ANSWERS_WITHIN_S).text

    def close(self) -> None:
        self._session.close()

    def _ask(
        self, method: str, path: str, body: JSON | None = None, *, within_s: float = ANSWERS_WITHIN_S
    ) -> JSON:
        try:
            told = self._send(method, path, body, within_s).json()
        except requests.JSONDecodeError:
            raise NoLabError(self.url) from None
        if not isinstance(told, dict):
            raise NoLabError(self.url)
        return told

    def _send(self, method: str, path: str, body: JSON | None, within_s: float) -> requests.Response:
        try:
            answer = self._session.request(method, f"{self.url}/lab{path}", json=body, timeout=within_s)
        except requests.RequestException:
            raise NoLabError(self.url) from None
        if not answer.ok:
            raise self._refusal(answer)
        return answer

    def _refusal(self, answer: requests.Response) -> LabError:
        try:
            told = answer.json()
            return LabSaysNo(told["error"], told["message"])
        except (ValueError, KeyError, TypeError):
            return NoLabError(self.url)


def _story(told: JSON) -> CallStory:
    return CallStory(
        call_sid=told["call_sid"],
        heard=tuple(Heard(**heard) for heard in told["heard"]),
        ended=told["ended"],
        requests=tuple(Request(**request) for request in told["requests"]),
        problems=tuple(told["problems"]),
        event_status=told["event_status"],
        unpressed=tuple(told["unpressed"]),
    )

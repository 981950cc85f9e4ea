"""`/lab/…`: a running lab in the hands of this machine's other processes, JSON over HTTP.

Nobody signs or logs in here: the server listens on the loopback address, and what a browser was led to ask
by a foreign page is refused by its Host and Origin.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Blueprint, Response, json, request
from pydantic import ValidationError
from pydantic_core import ErrorDetails
from werkzeug.exceptions import HTTPException

from ivr.lab.control.bodies import Body, Dial, Follow, Hurried, Listen, OnPhone, PhoneBody, Press, Say
from ivr.lab.control.calls import Calls
from ivr.lab.control.phones import Phones
from ivr.lab.control.refusals import Invalid, LabRefusal, NotForYou
from ivr.lab.exchange import Exchange, Mistake

JSON = dict[str, Any]
OURS = frozenset({"127.0.0.1", "localhost", "[::1]"})
Kind = TypeVar("Kind", bound=Body)


def control(exchange: Exchange, *, web: str) -> Blueprint:
    """The addresses below `/lab`; `web` is the web server that this lab asks."""
    lab = Blueprint("lab", __name__, url_prefix="/lab")
    phones, calls = Phones(exchange), Calls(exchange)

    def takes(path: str, kind: type[Kind], do: Callable[[Kind], JSON]) -> None:
        lab.add_url_rule(path, f"POST {path}", lambda: do(_body(kind)), methods=["POST"])

    @lab.get("")
    def about() -> JSON:
        with exchange as network:
            account = network.account
            lines = [number.number for number in account.numbers if number.number]
            return {"account_sid": account.sid, "web": web.rstrip("/"), "now": network.now, "lines": lines}

    @lab.get("/story")
    def story() -> Response:
        with exchange as network:
            return Response(f"{network.story}\n", content_type="text/plain; charset=utf-8")

    @lab.post("/calls/<call>/heard")
    def heard(call: str) -> JSON:
        return calls.follow(call, _body(Follow))

    @lab.post("/calls/<call>/hang-up")
    def hang_up(call: str) -> JSON:
        return calls.hang_up(call)

    lab.add_url_rule("/phones", "phones", phones.every, methods=["GET"])
    takes("/phones", PhoneBody, phones.make)
    takes("/phones/call", Dial, phones.calls)
    takes("/phones/press", Press, phones.presses)
    takes("/phones/say", Say, phones.says)
    takes("/phones/answer", OnPhone, phones.answers)
    takes("/phones/reject", OnPhone, phones.rejects)
    takes("/phones/hang-up", OnPhone, phones.hangs_up)
    takes("/phones/drop", OnPhone, phones.drops)
    takes("/phones/news", Listen, phones.news)
    takes("/calls", Hurried, calls.place)
    lab.before_request(_only_this_machine)
    lab.register_error_handler(LabRefusal, _refused)
    lab.register_error_handler(Mistake, _stands_still)
    return lab


def _only_this_machine() -> None:
    """Raises NotForYou for a page of another origin, also one whose name was turned to this machine.

    Source: https://developer.mozilla.org/en-US/docs/Web/Security/Attacks/DNS_rebinding
    """
    origin = request.headers.get("Origin")
    host, _, port = request.host.rpartition(":")
    if (host if port.isdigit() and host else request.host) not in OURS:
        raise NotForYou("The lab is asked by this machine's own address only.")
    if origin is not None and origin != request.host_url.rstrip("/"):
        raise NotForYou("The lab answers no page of another origin.")


def _body(kind: type[Kind]) -> Kind:
    try:
        return kind.model_validate(request.get_json(), by_alias=True)
    except HTTPException:
        raise Invalid("The body is no JSON.") from None
    except ValidationError as wrong:
        faults = wrong.errors(include_url=False, include_input=False, include_context=False)
        raise Invalid("; ".join(map(_for_people, faults))) from None


def _for_people(fault: ErrorDetails) -> str:
    place = ".".join(map(str, fault["loc"])) or "the body"
    return f"{place}: {fault['msg'].removeprefix('Value error, ')}"


def _refused(no: Exception) -> Response:
    assert isinstance(no, LabRefusal)
    return _error(no.status, no.code, str(no))


def _stands_still(mistake: Exception) -> Response:
    return _error(500, "lab_mistake", f"The lab itself is wrong and stands still. {mistake}")


def _error(status: int, code: str, message: str) -> Response:
    body = json.dumps({"error": code, "message": message})
    return Response(body, status, content_type="application/json")

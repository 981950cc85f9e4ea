"""/reports: what advisers reported, looked at, listened to and decided by reviewers."""

from flask import Response, jsonify

from ivr.api.errors import Described, Invalid, Refusal
from ivr.api.keys import api_routes, person
from ivr.api.report_bodies import Judgement, OneReport, WhichReports, WrittenReport
from ivr.api.report_rows import CaseRow, FollowsRow, Reported, ReportPage, case_of, follows_of, page_of
from ivr.voice.exchange import exchange
from routing import review, review_case, review_list, written_channels
from routing.recorded_media import NoRecording
from routing.review_list import UnknownPlace
from routing.rules.people import May
from routing.rules.reports import ReportKind
from routing.written_channels import NoContact

reports = api_routes("reports")

_SEEN: Described = {"200": CaseRow, "404": Refusal}
_DECIDED: Described = {"200": FollowsRow, "404": Refusal, "409": Refusal}
_WRITTEN: Described = {"201": Reported, "409": Refusal}
_SOUND = {"schema": {"type": "string", "format": "binary"}}
_HEARD: Described = {"200": {"content": {"audio/wav": _SOUND}}, "404": Refusal, "502": Refusal}


@reports.get("/reports", responses={"200": ReportPage})
def page(query: WhichReports) -> Response:
    """Reports: the open ones first, the gravest first, of those the oldest."""
    try:
        found = review_list.listed(exchange().floor, query.state, query.since, query.after or "", query.limit)
    except UnknownPlace:
        raise Invalid({"after": "should be the `next` of a page"}) from None
    return jsonify(page_of(found.items, found.next))


@reports.post("/reports", responses=_WRITTEN)
def report(body: WrittenReport) -> Response:
    """Report what somebody wrote to you, in an e-mail or a chat, after two warnings."""
    try:
        report_id = written_channels.report(exchange().floor, body.told(), by=person().id)
    except NoContact as wrong:
        raise Invalid({"contact": str(wrong)}) from None
    response = jsonify(report_id=report_id)
    response.status_code = 201
    return response


@reports.get("/reports/<report_id>", responses=_SEEN)
def see(path: OneReport) -> Response:
    """One report with all that belongs to it; that you looked is audited."""
    floor, who = exchange().floor, person()
    found = review.opened(floor, path.report_id, by=who.id, reviews=May.REVIEW in who.may)
    return jsonify(case_of(review_case.case_of(floor, found)))


@reports.get("/reports/<report_id>/recording", responses=_HEARD)
def listen(path: OneReport) -> Response:
    """The recording; that you listened is audited."""
    floor = exchange().floor
    found = review.found(floor, path.report_id)
    sid = review_case.recording_of(floor, found)
    if not sid:
        raise NoRecording("There is no recording of this call.")
    floor.reports.looked(found.id, "play_recording", by=person().id, at=floor.clock.now(floor.store))
    sound = exchange().media.open(sid)
    headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    return Response(sound.parts, headers=headers, content_type="audio/wav")


@reports.post("/reports/<report_id>/verdict", responses=_DECIDED)
def judge(path: OneReport, body: Judgement) -> Response:
    """Your verdict; nobody reviews what he reported or was on himself."""
    floor = exchange().floor
    kind = review.found(floor, path.report_id).statement.kind
    if (body.nuisance is not None) is not (kind is ReportKind.NUISANCE):
        raise Invalid({"abuse" if body.nuisance else "nuisance": f"is to be answered: it is of kind {kind}"})
    try:
        follows = review.judge(floor, path.report_id, body.verdict(), by=person().id)
    except review.SecondListenerMissing as missing:
        raise Invalid({"second_listener": str(missing)}) from None
    return jsonify(follows_of(follows))

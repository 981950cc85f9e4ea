"""Messages: create, fetch. Source: https://www.twilio.com/docs/messaging/api/message-resource"""

from ivr.lab.records import Callback, Message, Refused
from ivr.lab.rest import errors
from ivr.lab.rest.ask import API_VERSION, JSON, Answer, Ask
from ivr.lab.rest.dates import rfc2822
from ivr.lab.rest.endpoints import is_number
from ivr.lab.rest.errors import missing
from ivr.lab.rest.form import Form

LONGEST_BODY = 1600
_SENT = frozenset({"sent", "delivered", "undelivered"})


def create(ask: Ask) -> Answer:
    form = ask.form(("To", "From", "Body", "StatusCallback"))
    to, from_, body = _to(form), _from(ask, form), _body(form)
    callback = Callback(form.url("StatusCallback", errors.INVALID_STATUS_CALLBACK))
    return Answer(201, message_json(ask, ask.network.send_message(from_, to, body, callback)))


def fetch(ask: Ask) -> Answer:
    ask.no_parameters()
    message = ask.network.messages.get(ask.at["message"])
    if message is None:
        raise ask.not_found
    return Answer(body=message_json(ask, message))


def message_json(ask: Ask, message: Message) -> JSON:
    uri = f"{ask.account}/Messages/{message.sid}"
    updated = message.updated or message.created
    return {
        "sid": message.sid,
        "account_sid": message.account_sid,
        "messaging_service_sid": None,
        "from": message.from_,
        "to": message.to,
        "body": message.body,
        "status": message.status,
        "direction": "outbound-api",
        "num_segments": str(segments(message.body)),
        "num_media": "0",
        "error_code": None,
        "error_message": None,
        "price": None,
        "price_unit": "USD",
        "api_version": API_VERSION,
        "date_created": rfc2822(message.created),
        "date_updated": rfc2822(updated),
        "date_sent": rfc2822(updated) if message.status in _SENT else None,
        "uri": f"{uri}.json",
        "subresource_uris": {"media": f"{uri}/Media.json"},
    }


def segments(body: str) -> int:
    """160 characters in one segment and 153 in several, 70 and 67 outside ASCII (near the GSM alphabet).

    Source: https://www.twilio.com/docs/glossary/what-sms-character-limit
    """
    alone, each = (160, 153) if body.isascii() else (70, 67)
    length = len(body.encode("utf-16-le")) // 2
    return 1 if length <= alone else -(-length // each)


def _to(form: Form) -> str:
    """Source: https://www.twilio.com/docs/errors/21604, 21211"""
    to = form.text("To")
    if not to:
        raise missing("To", errors.MESSAGE_NO_TO)
    if not is_number(to):
        raise Refused(400, errors.INVALID_TO, f"The 'To' number {to} is not a valid phone number.")
    return to


def _from(ask: Ask, form: Form) -> str:
    """Source: https://www.twilio.com/docs/errors/21603, 21606"""
    from_ = form.text("From")
    if not from_:
        raise missing("From", errors.MESSAGE_NO_FROM)
    if not is_number(from_) or ask.network.account.number(from_) is None:
        text = (
            f"The 'From' number {from_} is not a valid message-capable Twilio phone number for this account."
        )
        raise Refused(400, errors.MESSAGE_FROM_NOT_OURS, text)
    return from_


def _body(form: Form) -> str:
    """Source: https://www.twilio.com/docs/errors/21602, 21617"""
    body = form.text("Body")
    if not body:
        raise missing("Body", errors.MESSAGE_NO_BODY)
    if len(body) > LONGEST_BODY:
        text = "The concatenated message body exceeds the 1600 character limit."
        raise Refused(400, errors.MESSAGE_TOO_LONG, text)
    return body

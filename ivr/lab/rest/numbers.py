"""IncomingPhoneNumbers: list, fetch, update of what a number asks.

Source: https://www.twilio.com/docs/phone-numbers/api/incomingphonenumber-resource
"""

from ivr.lab.records import Number
from ivr.lab.rest.ask import API_VERSION, JSON, Answer, Ask
from ivr.lab.rest.dates import rfc2822
from ivr.lab.rest.errors import NUMBERS_INVALID_METHOD, NUMBERS_INVALID_URL
from ivr.lab.rest.paging import PAGING, Listing

# Our names of what an update can set: the record's field for each parameter.
URLS = {"VoiceUrl": "voice_url", "VoiceFallbackUrl": "fallback_url", "StatusCallback": "status_callback"}
METHODS = {
    "VoiceMethod": "voice_method",
    "VoiceFallbackMethod": "fallback_method",
    "StatusCallbackMethod": "status_callback_method",
}


def list_(ask: Ask) -> Answer:
    form = ask.form(("PhoneNumber", "FriendlyName", *PAGING))

    def keeps(one: Number) -> bool:
        return (
            form.text("PhoneNumber", one.number) == one.number
            and form.text("FriendlyName", one.friendly_name) == one.friendly_name
        )

    listing = Listing(
        "incoming_phone_numbers", _ours(ask), lambda one: one.sid, lambda one: number_json(ask, one), keeps
    )
    return listing.page(ask, form)


def fetch(ask: Ask) -> Answer:
    ask.no_parameters()
    return Answer(body=number_json(ask, _the_number(ask)))


def update(ask: Ask) -> Answer:
    """An empty URL means that nobody is asked."""
    form = ask.form((*URLS, *METHODS, "FriendlyName"))
    number = _the_number(ask)
    changes = {field: form.url(name, NUMBERS_INVALID_URL) for name, field in URLS.items() if name in form}
    for name, field in METHODS.items():
        changes[field] = form.method(name, getattr(number, field), NUMBERS_INVALID_METHOD)
    changes["friendly_name"] = form.text("FriendlyName", number.friendly_name)
    for field, value in changes.items():
        setattr(number, field, value)
    return Answer(body=number_json(ask, number))


def number_json(ask: Ask, number: Number) -> JSON:
    asked = {
        "voice_url": number.voice_url,
        "voice_method": number.voice_method,
        "voice_fallback_url": number.fallback_url,
        "voice_fallback_method": number.fallback_method,
        "status_callback": number.status_callback,
        "status_callback_method": number.status_callback_method,
    }
    return {
        "sid": number.sid,
        "account_sid": ask.network.account.sid,
        "phone_number": number.number,
        "friendly_name": number.friendly_name or number.number,
        "api_version": API_VERSION,
        "date_created": rfc2822(number.created),
        "date_updated": rfc2822(number.created),
        "uri": f"{ask.account}/IncomingPhoneNumbers/{number.sid}.json",
        **asked,
        **_NOT_SIMULATED,
    }


_NOT_SIMULATED: JSON = {
    "address_requirements": "none",
    "address_sid": None,
    "beta": False,
    "bundle_sid": None,
    "capabilities": {"voice": True, "sms": True, "mms": False, "fax": False},
    "emergency_address_sid": None,
    "emergency_address_status": "unregistered",
    "emergency_status": "Inactive",
    "identity_sid": None,
    "origin": "twilio",
    "sms_application_sid": None,
    "sms_fallback_method": "POST",
    "sms_fallback_url": "",
    "sms_method": "POST",
    "sms_url": "",
    "status": "in-use",
    "trunk_sid": None,
    "type": "local",
    "voice_application_sid": None,
    "voice_caller_id_lookup": False,
    "voice_receive_mode": "voice",
}


def _ours(ask: Ask) -> list[Number]:
    """The record that stands for any number is no number that Twilio could list."""
    return [one for one in ask.network.account.numbers if one.number]


def _the_number(ask: Ask) -> Number:
    for one in _ours(ask):
        if one.sid == ask.at["number"]:
            return one
    raise ask.not_found

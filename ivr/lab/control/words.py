"""What `calmline lab phone` shows of a telephone's news, in words."""

from typing import Any

JSON = dict[str, Any]


def in_words(news: JSON) -> str:
    """One of the `items` of `/lab/phones/news` as a line, without the telephone's number."""
    return _status(news) if news["what"] == "status" else _heard(news)


def of_phone(phone: JSON) -> str:
    """A telephone as `/lab/phones` describes it."""
    call = phone["call"]
    if call is None or call["is_over"]:
        return "no call"
    if rings(call):
        return f"rings: {call['from']} calls"
    other = call["to"] if call["direction"] == "inbound" else call["from"]
    said = f"{'calls' if call['direction'] == 'inbound' else 'was called by'} {other} ({call['status']})"
    people = ", ".join(phone["talking_with"])
    return f"{said}, talks with {people}" if people else said


def rings(call: JSON) -> bool:
    """Whether somebody calls this telephone now, and not the other way round."""
    return bool(call["status"] == "ringing" and call["direction"] != "inbound")


def _heard(news: JSON) -> str:
    text = news["text"]
    match news["verb"]:
        case "Say":
            return f"[{news['language']}] {text}"
        case "voice":
            return f'hears "{text}"'
        case "press":
            return f"presses {text}"
        case "speak":
            return f'says "{text}"'
        case other:
            return f"({other} {text})"


def _status(news: JSON) -> str:
    status = news["status"]
    if rings(news):
        return f"rings: {news['from']} calls"
    if status == "in-progress":
        return "is connected" if news["direction"] == "inbound" else "answers"
    return "the call is over" if status == "completed" else f"the call is over ({status})"

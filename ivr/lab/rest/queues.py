"""Queues: list, fetch, update of the size. Source: https://www.twilio.com/docs/voice/api/queue-resource"""

from ivr.lab.records import Queue
from ivr.lab.rest.ask import JSON, Answer, Ask
from ivr.lab.rest.dates import rfc2822
from ivr.lab.rest.paging import PAGING, Listing

LARGEST = 5000


def list_(ask: Ask) -> Answer:
    form = ask.form(PAGING)
    queues = ask.network.queues.values()
    listing = Listing("queues", queues, lambda one: one.sid, lambda one: queue_json(ask, one), _any)
    return listing.page(ask, form)


def fetch(ask: Ask) -> Answer:
    ask.no_parameters()
    return Answer(body=queue_json(ask, _the_queue(ask)))


def update(ask: Ask) -> Answer:
    """The name is not covered: documents name queues, and a renamed one would be made again by them."""
    form = ask.form(("MaxSize",))
    queue = _the_queue(ask)
    queue.max_size = form.whole("MaxSize", queue.max_size, 1, LARGEST)
    return Answer(body=queue_json(ask, queue))


def queue_json(ask: Ask, queue: Queue) -> JSON:
    waits = [ask.network.now - entered for entered in queue.waiting.values()]
    return {
        "sid": queue.sid,
        "account_sid": queue.account_sid,
        "friendly_name": queue.name,
        "current_size": len(waits),
        "max_size": queue.max_size,
        "average_wait_time": int(sum(waits) / len(waits)) if waits else 0,
        "date_created": rfc2822(queue.created),
        "date_updated": rfc2822(queue.created),
        "uri": f"{ask.account}/Queues/{queue.sid}.json",
    }


def _any(_: Queue) -> bool:
    return True


def _the_queue(ask: Ask) -> Queue:
    queue = ask.network.queues.get(ask.at["queue"])
    if queue is None:
        raise ask.not_found
    return queue

"""Every Redis key of this storey: its name, its shape, how long it lives."""

from dataclasses import dataclass

# A call's record outlives the call, so that a repeated webhook is recognised for what it is. Not policy:
# what is kept for the policy's sake has its length in the routing config.
CALL_RECORD_S = 3 * 24 * 3600
# The same for a leg, after its last change.
LEG_RECORD_S = 3 * 24 * 3600
# The same for an offer.
OFFER_RECORD_S = 3 * 24 * 3600
# Longer than any lock: wrong PINs count until one is right.
PIN_TRIES_S = 24 * 3600
FIGURES_S = 3 * 24 * 3600
PACE_KEPT = 50
EVENTS_KEPT = 10_000
ABANDONED_KEPT = 1_000


@dataclass(frozen=True, slots=True)
class Keys:
    """Names under one site's prefix."""

    site: str

    def standing(self, number: str) -> str:
        """Hash, for ever: a number's standing; fields in `store/standing.py`."""
        return f"{self.site}:standing:{number}"

    def call(self, call_sid: str) -> str:
        """Hash, CALL_RECORD_S after its last step: state, queue, language, answers by step."""
        return f"{self.site}:call:{call_sid}"

    def queue(self, queue: str) -> str:
        """Sorted set: the calls that wait in a queue, by the moment (ms) when they began to wait."""
        return f"{self.site}:queue:{queue}"

    @property
    def seen(self) -> str:
        """Sorted set: calls that wait, by the moment (ms) when they last asked for something to hear."""
        return f"{self.site}:waiting_seen"

    @property
    def config_version(self) -> str:
        """String: the number of the published routing config; absent while the file is in force."""
        return f"{self.site}:config:version"

    def message(self, message_id: str) -> str:
        """Hash, CALL_RECORD_S: a text message: to, from, body, and `began` once somebody sends it."""
        return f"{self.site}:message:{message_id}"

    @property
    def escalated(self) -> str:
        """Hash, for ever: when a matter was brought before those who lead, by what it is about."""
        return f"{self.site}:escalated"

    @property
    def voicemails(self) -> str:
        """Stream: messages that callers left; entries in `store/records.py`."""
        return f"{self.site}:voicemails"

    @property
    def call_log(self) -> str:
        """Stream, kept for `call_log_days`: an entry for every decision and every end of a call."""
        return f"{self.site}:call_log"

    @property
    def callback_wishes(self) -> str:
        """Stream: callers who asked to be called back; read by the callbacks storey."""
        return f"{self.site}:callback_wishes"

    @property
    def audit(self) -> str:
        """Stream, for ever: who changed or looked at what (docs/policy.md 31)."""
        return f"{self.site}:audit"

    def person(self, person_id: str) -> str:
        """Hash, for ever: somebody who works here, under the name in small letters; `store/people.py`."""
        return f"{self.site}:person:{person_id.lower()}"

    @property
    def people(self) -> str:
        """Sorted set, for ever: the id of everybody who was ever added, by the moment (ms)."""
        return f"{self.site}:people"

    @property
    def api_keys(self) -> str:
        """Hash: the id of a person by the digest of the person's API key, while the key works."""
        return f"{self.site}:api_keys"

    def agent(self, person_id: str) -> str:
        """Hash, for ever: what somebody who takes calls is doing now; fields in `store/agents.py`."""
        return f"{self.site}:agent:{person_id.lower()}"

    @property
    def effects(self) -> str:
        """Stream: what dispatchers are to do in the world; gone when done. Fields in `store/effects.py`."""
        return f"{self.site}:effects"

    @property
    def events(self) -> str:
        """Stream of EVENTS_KEPT: what changed on the live floor, for desks. Fields in `store/events.py`."""
        return f"{self.site}:events"

    def line_up(self, skill_set: str) -> str:
        """Sorted set: calls (and callbacks) that may be offered now, by rank (ms); the lowest comes first."""
        return f"{self.site}:line_up:{skill_set}"

    def idle(self, skill_set: str) -> str:
        """Sorted set: agents who are free for a skill set, by rank; the lowest is rung first."""
        return f"{self.site}:idle:{skill_set}"

    def offer(self, offer_id: str) -> str:
        """Hash, OFFER_RECORD_S: one call offered to one agent; fields in `store/offers.py`."""
        return f"{self.site}:offer:{offer_id}"

    @property
    def agents(self) -> str:
        """Set: the ids of everybody enabled whose role is agent."""
        return f"{self.site}:agents"

    def conference(self, name: str) -> str:
        """String, CALL_RECORD_S: the call that an agent took, for which this conference was made."""
        return f"{self.site}:conference:{name}"

    def timeline(self, call_sid: str) -> str:
        """List, CALL_RECORD_S: what happened to a call on the floor, in order, each as JSON."""
        return f"{self.site}:timeline:{call_sid}"

    @property
    def signed_in(self) -> str:
        """Set: the ids of all whose status is not offline."""
        return f"{self.site}:signed_in"

    def figures(self, hour: int | str) -> str:
        """Hash, FIGURES_S: counts of one hour (hours since 1970, UTC), by `what:queue`.

        what: answered, in_time, abandoned, short (abandoned at once), waited_ms (of the answered).
        """
        return f"{self.site}:figures:{hour}"

    def pace(self, queue: str) -> str:
        """List of PACE_KEPT: the moments (ms) at which callers of a queue were answered, the latest first."""
        return f"{self.site}:pace:{queue}"

    @property
    def abandoned(self) -> str:
        """Stream of ABANDONED_KEPT: callers who hung up while they waited: call, queue, waited_ms, at_ms."""
        return f"{self.site}:abandoned"

    def live_calls(self, caller: str) -> str:
        """Set, CALL_RECORD_S: the calls of a caller (by the key that stands for the number) that go on."""
        return f"{self.site}:live_calls:{caller}"

    def agent_desk(self, call_sid: str) -> str:
        """Hash, CALL_RECORD_S: a call to the agents' number; fields in `store/agent_desk.py`."""
        return f"{self.site}:agent_desk:{call_sid}"

    def pin_tries(self, whose: str) -> str:
        """Hash, PIN_TRIES_S after the last: wrong PINs by telephone; locked_until_ms while none is taken."""
        return f"{self.site}:pin_tries:{whose}"

    def present(self, part: str) -> str:
        """Sorted set: agents with a softphone, by when their page was last seen open (`part` open: ms of the
        server's own time), or when it was closed (`part` left: ms of the site's time).
        """
        return f"{self.site}:present:{part}"

    @property
    def deadlines(self) -> str:
        """Sorted set: `kind:id` by the moment (ms of the site's time) when it is due."""
        return f"{self.site}:deadlines"

    @property
    def deadlines_in_hand(self) -> str:
        """Sorted set: what was due and is being done, by when it was handed out (ms of the site's time)."""
        return f"{self.site}:deadlines_in_hand"

    @property
    def counts(self) -> str:
        """Hash, for ever: what processes without a /metrics of their own have counted, by name."""
        return f"{self.site}:counts"

    def alive(self, process: str) -> str:
        """String with an expiry of seconds: one of these processes has just been heard of."""
        return f"{self.site}:alive:{process}"

    def pacer(self, part: str) -> str:
        """Who waits to place a call: `order` and `heard` (sorted), `next_ms`, `arrivals` (strings)."""
        return f"{self.site}:pacer:{part}"

    def leg(self, leg_id: str) -> str:
        """Hash: a call that we make; fields in `store/legs.py`.

        LEG_RECORD_S after its last change; one that was given up stays until somebody has settled it.
        """
        return f"{self.site}:leg:{leg_id}"

    def leg_of(self, call_sid: str) -> str:
        """String, LEG_RECORD_S: the leg whose call this is."""
        return f"{self.site}:leg_of:{call_sid}"

    @property
    def legs_without_call(self) -> str:
        """Sorted set: legs that were posted and whose CallSid is not known, by the moment (ms) of posting."""
        return f"{self.site}:legs_without_call"

    def mail(self, mail_id: str) -> str:
        """Hash, until it is sent and a few days on: a mail; fields in `store/mails.py`."""
        return f"{self.site}:mail:{mail_id}"

    @property
    def failed_mails(self) -> str:
        """Sorted set, for people: the ids of mails that were given up, by the moment (ms)."""
        return f"{self.site}:mails_failed"

    @property
    def quarantine(self) -> str:
        """Stream of a thousand, for people: jobs that no worker ran (`callbacks/quarantine.py`)."""
        return f"{self.site}:quarantine"

    @property
    def ledger_chain(self) -> str:
        """Stream, for ever: the conduct ledger, ids `1-0`, `2-0`, …; fields in `store/chain.py`."""
        return f"{self.site}:ledger:chain"

    @property
    def ledger_head(self) -> str:
        """Hash, for ever: `seq` and `digest` of the ledger's last entry, `key_mark` of LEDGER_KEY."""
        return f"{self.site}:ledger:head"

    @property
    def ledger_contents(self) -> str:
        """Hash, until erased: what entry N says under `N`, personal words under `N:words`, each salted."""
        return f"{self.site}:ledger:contents"

    @property
    def ledger_ids(self) -> str:
        """Hash, for ever: the entry's number by the id of the fact, so that nothing is written twice."""
        return f"{self.site}:ledger:ids"

    @property
    def ledger_callers(self) -> str:
        """Hash: the caller's id by address."""
        return f"{self.site}:ledger:callers"

    def ledger_of(self, caller: str) -> str:
        """List, for ever: the numbers of a caller's entries."""
        return f"{self.site}:ledger:of:{caller}"

    def report(self, report_id: str) -> str:
        """Hash, until erased: a report and what became of it; fields in `store/reports.py`."""
        return f"{self.site}:report:{report_id}"

    @property
    def reports(self) -> str:
        """Sorted set, for ever: the ids of all reports, by the moment (ms) when they were written."""
        return f"{self.site}:reports"

    @property
    def reports_open(self) -> str:
        """Sorted set: those without a verdict."""
        return f"{self.site}:reports_open"

    @property
    def disk_mark(self) -> str:
        """String: written by whoever waits until what he wrote is on disk (`store/on_disk.py`)."""
        return f"{self.site}:disk_mark"

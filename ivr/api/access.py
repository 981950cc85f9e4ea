"""Who may use which route of the API: one table."""

from dataclasses import dataclass

from routing.rules.people import May, Person, Role

PREFIX = "/api/v1"


@dataclass(frozen=True, slots=True)
class Needs:
    """One of the roles, or one of the rights, or one of `with_phone` for somebody who can be rung."""

    roles: frozenset[Role] = frozenset()
    rights: frozenset[May] = frozenset()
    with_phone: frozenset[Role] = frozenset()

    def met_by(self, person: Person) -> bool:
        """True for somebody who may."""
        return (
            person.role in self.roles
            or bool(person.may & self.rights)
            or (person.role in self.with_phone and bool(person.phone))
        )


# Agents, and whoever may be the owner of a promised call.
TAKES_CALLS = Needs(frozenset({Role.AGENT}), with_phone=frozenset({Role.SUPERVISOR, Role.ADMIN}))
# Whoever may promise, make or see to promised calls.
PROMISES = Needs(frozenset({Role.AGENT, Role.SUPERVISOR, Role.ADMIN}), rights=frozenset({May.FOLLOW_UP}))
LEADS = Needs(frozenset({Role.SUPERVISOR, Role.ADMIN}))
# Which calls somebody may look at is decided call by call (ivr/api/calls.py).
SEES_CALLS = Needs(frozenset({Role.AGENT, Role.SUPERVISOR, Role.ADMIN}))
OPERATES = Needs(frozenset({Role.OPS, Role.ADMIN}))
EVERYBODY_HERE = Needs(frozenset(Role))

# Whoever verifies reports, and whoever decides about them again.
SEES_REPORTS = Needs(rights=frozenset({May.REVIEW, May.APPEAL}))
# Who signs that conduct is the reason has to read what it was.
SEES_CASES = Needs(rights=SEES_REPORTS.rights | {May.SIGN_MANAGER, May.SIGN_LEGAL})
REVIEWS = Needs(rights=frozenset({May.REVIEW}))
REPORTS = Needs(frozenset({Role.AGENT, Role.SUPERVISOR, Role.ADMIN}))
TAKES_APPEALS = Needs(frozenset({Role.SUPERVISOR, Role.ADMIN}), rights=frozenset({May.APPEAL}))
DECIDES_APPEALS = Needs(rights=frozenset({May.APPEAL}))
SIGNS = Needs(rights=frozenset({May.SIGN_MANAGER, May.SIGN_LEGAL}))
WAIVES = Needs(rights=frozenset({May.SIGN_MANAGER}))
LIFTS = Needs(frozenset({Role.SUPERVISOR, Role.ADMIN}), rights=frozenset({May.SIGN_MANAGER}))

# By method and path as the route is written. What is not here is refused to everybody.
NEEDS: dict[str, Needs] = {
    "GET /agents/me": TAKES_CALLS,
    "PUT /agents/me": TAKES_CALLS,
    "GET /agents": LEADS,
    "PUT /agents/<agent_id>": LEADS,
    "GET /calls/<call_sid>": SEES_CALLS,
    "POST /calls/<call_sid>/hold": TAKES_CALLS,
    "POST /calls/<call_sid>/resume": TAKES_CALLS,
    "POST /calls/<call_sid>/finish": TAKES_CALLS,
    "POST /calls/<call_sid>/recording": TAKES_CALLS,
    "POST /calls/<call_sid>/wrap-up": TAKES_CALLS,
    "POST /calls/<call_sid>/warnings": TAKES_CALLS,
    # A supervisor without a telephone may end a call on which safety suspends strikes.
    "POST /calls/<call_sid>/end": SEES_CALLS,
    "POST /calls/<call_sid>/safety": SEES_CALLS,
    "POST /calls/<call_sid>/help": SEES_CALLS,
    "POST /agents/me/recovery": TAKES_CALLS,
    "POST /agents/<agent_id>/recovery": LEADS,
    "POST /decisions": OPERATES,
    "POST /callers/lookup": EVERYBODY_HERE,
    "PATCH /callers/<caller_id>": LEADS,
    "GET /wallboard": EVERYBODY_HERE,
    "GET /events": EVERYBODY_HERE,
    "GET /callbacks": PROMISES,
    "POST /callbacks": PROMISES,
    "GET /callbacks/<callback_id>": PROMISES,
    "POST /callbacks/<callback_id>/cancel": PROMISES,
    "POST /callbacks/<callback_id>/outcome": PROMISES,
    "POST /callbacks/<callback_id>/voicemail": PROMISES,
    "POST /callbacks/<callback_id>/letter-sent": PROMISES,
    "POST /offers/<offer_id>/accept": PROMISES,
    "POST /offers/<offer_id>/decline": PROMISES,
    "GET /reports": SEES_REPORTS,
    "POST /reports": REPORTS,
    "GET /reports/<report_id>": SEES_CASES,
    "GET /reports/<report_id>/recording": SEES_REPORTS,
    "POST /reports/<report_id>/verdict": REVIEWS,
    "POST /offences/<offence_id>/appeal": TAKES_APPEALS,
    "POST /offences/<offence_id>/appeal/decision": DECIDES_APPEALS,
    "POST /offences/<offence_id>/sign-off": SIGNS,
    "POST /offences/<offence_id>/waive": WAIVES,
    "POST /offences/<offence_id>/restriction-review": LIFTS,
}

"""Who may do what: the one table of routes, asked before each of them, and by the pages."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

from starlette.exceptions import HTTPException

from gangvakt.fleet.roles import EVERYWHERE, Grants, Role

_V, _O, _T, _A = Role.VIEWER, Role.OPERATOR, Role.TECHNICIAN, Role.ADMINISTRATOR
_SIGN = "/api/v1/signs/{municipality}/{site}/{sign}"
_REGISTRATION = "/api/v1/registrations/{municipality}/{site}/{sign}"
_SITE = "/api/v1/sites/{municipality}/{site}"
_ALARM = "/api/v1/alarms/{number}"
_ROLLOUT = "/api/v1/rollouts/{number}"
_PERSON = "/api/v1/people/{user}"
_RELAY = "/api/v1/relays/{name}"
_MUNICIPALITY = "/api/v1/municipalities/{municipality}"
_TEMPLATES, _GROUPS = f"{_MUNICIPALITY}/config-templates", f"{_MUNICIPALITY}/config-groups"
_PLANS, _DRY_RUNS = f"{_MUNICIPALITY}/config-plans", f"{_MUNICIPALITY}/config-dry-runs"
_COMMANDS = f"{_MUNICIPALITY}/commands"

# The least role in the municipality that the request is about. A route that is missing here is for
# administrators.
RIGHTS: Mapping[str, Role] = {
    # What signs say
    "GET /api/v1/signs": _V,
    f"GET {_SIGN}": _V,
    "GET /api/v1/events": _V,
    "GET /api/v1/counts": _V,
    "GET /api/v1/speeds": _V,
    "GET /api/v1/live": _V,
    "GET /api/v1/map": _V,
    "GET /api/v1/certificates": _V,
    f"GET {_SIGN}/gaps": _V,
    "GET /api/v1/dead-letters": _T,
    "GET /api/v1/dead-letters/{number}": _T,
    # What signs are told
    f"POST {_SIGN}/commands": _O,  # and OPERATOR_VERBS
    f"GET {_SIGN}/config": _V,
    f"PUT {_SIGN}/config": _T,
    # What many signs are told
    f"GET {_SIGN}/config/diff": _V,
    f"GET {_SIGN}/config/history": _V,
    f"POST {_SIGN}/config/restore": _T,
    f"GET {_TEMPLATES}": _V,
    f"GET {_TEMPLATES}/{{name}}": _V,
    f"PUT {_TEMPLATES}/{{name}}": _T,
    f"DELETE {_TEMPLATES}/{{name}}": _T,
    f"GET {_GROUPS}": _V,
    f"GET {_GROUPS}/{{name}}": _V,
    f"PUT {_GROUPS}/{{name}}": _T,
    f"DELETE {_GROUPS}/{{name}}": _T,
    f"GET {_PLANS}": _V,
    f"POST {_PLANS}": _T,
    f"GET {_PLANS}/{{number}}": _V,
    f"POST {_PLANS}/{{number}}/dry-run": _T,
    f"POST {_PLANS}/{{number}}/schedule": _T,
    f"POST {_PLANS}/{{number}}/stop": _O,  # whoever sees that it goes wrong
    f"POST {_PLANS}/{{number}}/roll-back": _T,
    f"POST {_DRY_RUNS}": _T,
    f"GET {_DRY_RUNS}/{{number}}": _T,
    f"POST {_COMMANDS}/count": _T,
    f"POST {_COMMANDS}/go": _T,
    f"GET {_COMMANDS}/{{number}}": _T,
    # Recordings
    f"POST {_SIGN}/recordings/{{number}}": _T,
    f"GET {_SIGN}/recordings/{{number}}": _T,
    f"GET {_SIGN}/recordings/{{number}}/file": _T,
    f"GET {_SIGN}/export": _T,
    # Sites, signs and their files
    "GET /api/v1/sites": _V,
    "POST /api/v1/sites": _T,
    f"GET {_SITE}": _V,
    f"PATCH {_SITE}": _T,
    "GET /api/v1/municipalities": _V,
    "PUT /api/v1/municipalities/{municipality}": _T,
    "GET /api/v1/site-files": _V,
    "POST /api/v1/site-files": _T,
    "GET /api/v1/sign-files": _V,
    "POST /api/v1/sign-files": _T,
    f"GET {_SITE}/file": _V,
    f"PUT {_SITE}/file": _T,
    f"GET {_SIGN}/file": _V,
    f"PUT {_SIGN}/file": _T,
    f"POST {_SIGN}/state": _T,
    f"POST {_SIGN}/parts": _T,
    f"DELETE {_SIGN}/parts/{{number}}": _T,
    f"POST {_SIGN}/repairs": _T,
    f"POST {_SIGN}/notes": _O,
    f"POST {_SIGN}/photos": _T,
    f"GET {_SIGN}/photos/{{number}}": _V,
    f"DELETE {_SIGN}/photos/{{number}}": _T,
    # Registrations and bundles
    "GET /api/v1/registrations": _V,
    "POST /api/v1/registrations": _T,
    f"GET {_REGISTRATION}": _V,
    f"POST {_REGISTRATION}/confirm": _T,
    f"POST {_REGISTRATION}/abandon": _T,
    f"POST {_REGISTRATION}/revoke": _T,  # a stolen sign does not wait for an administrator
    "GET /api/v1/bundles": _T,
    "POST /api/v1/bundles": _A,
    "POST /api/v1/bundles/{bundle}/revoke": _A,
    "POST /api/v1/bundles/{bundle}/sync": _T,
    # Alarms
    "GET /api/v1/alarms": _V,
    f"GET {_ALARM}": _V,
    f"GET {_ALARM}/steps": _V,
    f"POST {_ALARM}/acknowledge": _O,
    f"POST {_ALARM}/suspend": _O,
    f"POST {_ALARM}/resume": _O,
    f"POST {_ALARM}/comment": _O,
    f"POST {_ALARM}/assign": _O,
    "POST /api/v1/alarms/steps": _O,
    # What is open to everybody
    "GET /api/v1/public-pages/{municipality}": _V,
    "PUT /api/v1/public-pages/{municipality}": _A,
    f"GET {_SITE}/public-page": _V,
    f"PUT {_SITE}/public-page": _A,
    "GET /api/v1/fault-reports": _O,  # they may say who told it
    "POST /api/v1/fault-reports/{number}/done": _O,
    # Rollouts
    "GET /api/v1/artifacts": _V,
    "POST /api/v1/artifacts": _T,  # nothing comes of it but for a signature that the controller trusts
    "GET /api/v1/rollouts": _V,
    "POST /api/v1/rollouts": _T,
    f"GET {_ROLLOUT}": _V,
    f"GET {_ROLLOUT}/history": _V,
    f"POST {_ROLLOUT}/start": _T,
    f"POST {_ROLLOUT}/pause": _O,  # whoever sees that it goes wrong
    f"POST {_ROLLOUT}/resume": _T,
    f"POST {_ROLLOUT}/abort": _T,
    f"POST {_ROLLOUT}/roll-back": _T,
    # Relays, and people who are called
    "GET /api/v1/relays": _A,
    "POST /api/v1/relays": _A,
    f"GET {_RELAY}": _A,
    f"PATCH {_RELAY}": _A,
    f"DELETE {_RELAY}": _A,
    f"POST {_RELAY}/test": _A,
    f"POST {_RELAY}/secret": _A,
    f"GET {_RELAY}/undelivered": _A,
    f"POST {_RELAY}/retry": _A,
    "GET /api/v1/contacts": _A,
    "POST /api/v1/contacts": _A,
    "PUT /api/v1/contacts/{number}": _A,
    "DELETE /api/v1/contacts/{number}": _A,
    "GET /api/v1/channels": _A,
    "PUT /api/v1/channels/{name}": _A,
    "DELETE /api/v1/channels/{name}": _A,
    "GET /api/v1/audit": _A,
    "GET /api/v1/audit/{number}": _A,
    # What takes two people: each kind has a least role of its own.
    "GET /api/v1/approvals": _O,
    "POST /api/v1/approvals": _O,
    "GET /api/v1/approvals/{number}": _O,
    **{f"POST /api/v1/approvals/{{number}}/{step}": _O for step in ("approve", "refuse", "take", "finish")},
    "GET /api/v1/notices": _O,
    "POST /api/v1/notices/{notice}/revoke": _O,
    # People
    "GET /api/v1/people": _A,
    "POST /api/v1/people": _A,
    f"GET {_PERSON}": _A,
    f"DELETE {_PERSON}": _A,
    f"PUT {_PERSON}/roles": _A,
    f"POST {_PERSON}/lock": _A,
    f"POST {_PERSON}/unlock": _A,
    f"POST {_PERSON}/password": _A,
    f"DELETE {_PERSON}/second-factor": _A,
    f"DELETE {_PERSON}/sessions": _A,
    f"GET {_PERSON}/tokens": _A,
    f"DELETE {_PERSON}/tokens/{{number}}": _A,
    "GET /api/v1/staff-rules": _A,
    "PUT /api/v1/staff-rules": _A,
    "GET /api/v1/login-providers": _A,
    "PUT /api/v1/login-providers/{name}": _A,
    "DELETE /api/v1/login-providers/{name}": _A,
}

# Without a log-in.
OPEN = frozenset({"POST /api/v1/login", "GET /api/v1/health", "GET /healthz", "GET /readyz"})
# Of whoever is logged in, about himself; no role is needed.
OWN = frozenset(
    {"GET /api/v1/me", "POST /api/v1/logout", "POST /api/v1/password", "POST /api/v1/login/code"}
    | {"GET /api/v1/second-factor", "POST /api/v1/second-factor"}
    | {f"POST /api/v1/second-factor/{step}" for step in ("confirm", "codes", "remove")}
    | {"GET /api/v1/sessions", "DELETE /api/v1/sessions", "DELETE /api/v1/sessions/{session}"}
    | {"GET /api/v1/tokens", "POST /api/v1/tokens", "DELETE /api/v1/tokens/{number}"}
)
# Of these what a token may: it neither makes another one nor changes what protects the account.
OWN_OF_PROGRAMS = frozenset({"GET /api/v1/me"})

# Verbs that change nothing at a sign, or its lamps for some minutes. All others are a technician's.
OPERATOR_VERBS = frozenset(
    {"hello", "about", "status", "telemetry", "details", "selftest", "events", "config", "identify", "ping"}
    | {"watch"}
    | {"flash", "force-on", "mute"}
)

# Pages, by their path or, with a "/" at the end, by what it begins with; one that is missing is for
# administrators. None: whoever is logged in.
PAGES: Mapping[str, Role | None] = {
    "/": None,  # without any role an empty overview
    "/overview/": None,  # what the overview fetches
    "/live": _V,
    "/street/": _V,
    "/crossing/": _V,
    "/alarms": _V,
    "/alarms/": _V,
    "/rollouts": _V,
    "/rollouts/": _V,
    "/config": _V,
    "/config/": _V,
    "/planning": _V,
    "/planning/": _V,
    "/reports/": _V,
    "/council/": _V,
    "/compare/": _V,
    "/case/": _V,
    "/job": _T,
    "/job/": _T,
    "/commands": _T,
    "/approvals": _O,
    "/audit": _A,
    "/settings": _A,
    "/settings/": _A,
    "/account": None,
    "/account/": None,
    "/people": _A,
}


def least_role(method: str, path: str) -> Role:
    """Of a route by its path as it was declared."""
    return RIGHTS.get(f"{method} {path}", Role.ADMINISTRATOR)


def role_of_page(page: str) -> Role | None:
    """The least one that opens the page at a path; None: whoever is logged in."""
    for place, role in PAGES.items():
        if page == place or (len(place) > 1 and place.endswith("/") and page.startswith(place)):
            return role
    return Role.ADMINISTRATOR


def may_open(grants: Grants, page: str) -> bool:
    """Whether somebody's role is enough, somewhere, for the page at a path."""
    role = role_of_page(page)
    return role is None or (grants.highest or 0) >= role


def least_role_of_verb(verb: str) -> Role:
    return Role.OPERATOR if verb in OPERATOR_VERBS else Role.TECHNICIAN


class PlaceMissing(HTTPException):
    """404: nothing of `municipality` is his business, and whether it is there he does not learn."""

    def __init__(self, municipality: str) -> None:
        super().__init__(HTTPStatus.NOT_FOUND, f"there is no {municipality}")
        self.municipality = municipality


class RoleTooLow(HTTPException):
    """403: it takes the `role`, and his is `held` in `municipality`; None where no one place is meant."""

    def __init__(
        self, role: Role, why: str, held: Role | None = None, municipality: str = EVERYWHERE
    ) -> None:
        article = "an" if role.word[0] in "aeiou" else "a"
        super().__init__(HTTPStatus.FORBIDDEN, f"it takes {article} {role.word}; {why}")
        self.role, self.held, self.municipality = role, held, municipality


def require_role(grants: Grants, role: Role, municipality: str) -> None:
    """404 where nothing of the municipality is his business, 403 where his role there is less than `role`."""
    held = grants.role_in(municipality)
    if held is None:
        raise PlaceMissing(municipality)
    if held < role:
        where = "everywhere" if municipality == EVERYWHERE else f"in {municipality}"
        raise RoleTooLow(role, f"{where} you are {held.word}", held, municipality)

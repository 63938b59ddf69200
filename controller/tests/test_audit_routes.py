"""Every route that changes something leaves a row in the audit, or stands in a list that says why not."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pyotp
import pytest

from gangvakt.api import create_app
from gangvakt.cli.auditing import pairs_on
from gangvakt.cli.relaying import acknowledging, relay_desk
from gangvakt.fleet.alarm import Condition
from gangvakt.fleet.roles import ALL_RIGHTS, Grants
from gangvakt.provision.bundle_authority import make_bundle_authority
from gangvakt.provision.wire import encode
from gangvakt.settings import Settings
from gangvakt.store.audit_table import AuditRow

from .apis import API, PASSWORD, Office, an_office
from .audit_lines import LINES
from .audit_steering import factors, let_signs_answer, pictures, plans, providers, rollouts, signs
from .office import MAC, OTHER_MAC, SIGN, Asked, a_request, a_site
from .support import eventually_async

PRECONDITION = 428
TYPED = f"{API}/signs/{{municipality}}/{{site}}/{{sign}}"
OWNED = f"{API}/municipalities/{{municipality}}"

# What changes nothing but the session of whoever asks, or nothing at all; or is tried where a second program
# takes part.
EXCEPTIONS = {
    f"POST {API}/login": "a session begins; who is locked out is noted, as the log-in's own tests show",
    f"POST {API}/login/code": "the second half of a log-in",
    f"POST {API}/logout": "a session ends",
    f"DELETE {API}/sessions": "own sessions end",
    f"DELETE {API}/sessions/{{session}}": "an own session ends",
    f"POST {TYPED}/recordings/{{number}}": "reads what a sign has; nothing changes",
    f"POST {API}/bundles/{{bundle}}/sync": "a row for each entry (test_bundles.py)",
    f"POST {API}/relays/{{name}}/test": "a message that says it is a test; nothing changes here",
    f"POST {API}/relays/{{name}}/retry": "sends again what was told already",
    f"POST {API}/notices/{{notice}}/revoke": "takes a notice that is open (test_relay_api.py)",
    f"POST {API}/fault-reports/{{number}}/done": "takes a report of the public: the tests of public pages",
    f"PUT {API}/public-pages/{{municipality}}": "the same",
    f"PUT {API}/sites/{{municipality}}/{{site}}/public-page": "the same",
    f"POST {API}/approvals/{{number}}/take": "the claim; what came of it has a row",
}
# Tried here: they answer a question, and change nothing.
QUESTIONS = {
    f"POST {API}/second-factor": "nothing is in force before it is confirmed",
    f"POST {OWNED}/config-dry-runs": "decides recordings again",
    f"POST {OWNED}/commands/count": "counts; nothing is sent",
}


@dataclass
class Caller:
    """Sends requests in turn, and notes for each route what the audit got."""

    office: Office
    client: httpx.AsyncClient
    told: dict[str, tuple[AuditRow, ...]] = field(default_factory=dict)
    was: int = 0  # the newest row before the last request
    refused: list[str] = field(default_factory=list)
    version = 0  # of what nobody has described before

    async def __call__(self, route: str, body: Any = None, **names: object) -> Any:
        method, _, path = route.partition(" ")
        self.was = (await self.office.store.audit.head()).number
        where = f"{API}{path.format(**names)}"
        sent: dict[str, Any] = {"content": body} if isinstance(body, bytes) else {"json": body}
        answer = await self.client.request(method, where, **sent)
        if answer.status_code == PRECONDITION:  # what was read is said by its version
            headers = {"If-Match": f'"{self.version}"'}
            answer = await self.client.request(method, where, json=body, headers=headers)
        if not answer.is_success:
            self.refused.append(f"{route}: {answer.status_code} {answer.text}")
        self.told[f"{method} {API}{path}"] = await self.office.store.audit.after(self.was)
        return answer.json() if answer.content else None

    async def ended(self, route: str, rows_wanted: int) -> None:
        """Waits for the rows of what goes on after its answer."""
        method, _, path = route.partition(" ")
        was = self.was

        async def has_grown() -> bool:
            self.told[f"{method} {API}{path}"] = rows = await self.office.store.audit.after(was)
            return len(rows) == rows_wanted

        await eventually_async(has_grown)


@pytest.fixture
async def caller(tmp_path: Path) -> AsyncIterator[Caller]:
    async with an_office(tmp_path) as office:
        patrol = office.services.patrol
        assert patrol is not None
        desk = relay_desk(office.store, Settings(tmp_path), "http://x", acknowledging(patrol.alarms))
        app = create_app(replace(office.services, relays=desk, pairs=pairs_on(office.store)))
        headers, transport = office.client.headers, httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://test", headers=headers) as client:
            yield Caller(office, client)


async def test_every_changing_route_leaves_a_row_or_says_why_not(caller: Caller, tmp_path: Path) -> None:
    let_signs_answer(caller.office)
    for part in (signs, plans, registry, pictures, alarms, relays, providers):
        await part(caller)
    await rollouts(caller, tmp_path)
    for part in (factors, people, approvals):
        await part(caller)
    assert caller.refused == [], "\n".join(caller.refused)
    found = {route: tuple(map(line_of, rows)) for route, rows in caller.told.items()}
    wrong = {route: lines for route, lines in found.items() if lines != LINES.get(route, ())}
    assert wrong == {}, f"other lines in the audit than in LINES: {wrong}"
    assert {route for route, lines in found.items() if not lines} == set(QUESTIONS)
    declared = {
        f"{method.upper()} {path}"
        for path, methods in caller.office.app.openapi()["paths"].items()
        for method in methods
        if method != "get"
    }
    forgotten = sorted(declared - caller.told.keys() - EXCEPTIONS.keys())
    assert forgotten == [], f"neither tried here nor explained in EXCEPTIONS: {forgotten}"
    assert (await caller.office.store.audit.verify()).number > len(caller.told)


def line_of(row: AuditRow) -> str:
    held = [word for word, state in (("before", row.before), ("after", row.after)) if state is not None]
    return f"{row.who}: {row.action}, {', '.join(held) or 'no more'}"


async def registry(call: Caller) -> None:
    place = {"municipality": "drammen", "site": "storgata", "sign": MAC}
    site, sign = "/sites/{municipality}/{site}", "/signs/{municipality}/{site}/{sign}"
    await call("POST /sites", a_site().model_dump(mode="json"))
    await call(f"PATCH {site}", {"title": "Storgata 1"}, **place)
    await call("PUT /municipalities/{municipality}", {"title": "Drammen", "contact": "Kari"}, **place)
    await call(f"PUT {site}/file", {"street": "Storgata"}, **place)
    await call("POST /site-files", {"rows": [{"site": "drammen/storgata", "street": "Torget"}]})
    begun = Asked(await call.office.services.registry.signs.begin(a_request(OTHER_MAC)))
    other = place | {"sign": OTHER_MAC}
    entry = "/registrations/{municipality}/{site}/{sign}"
    await call(f"POST {entry}/abandon", begun.abandon.model_dump(mode="json"), **other)
    issued = await call("POST /registrations", a_request(MAC).model_dump(mode="json"))
    asked = Asked(type(begun.issued).model_validate(issued))
    await call(f"POST {entry}/confirm", asked.confirm.model_dump(mode="json"), **place)
    await call(f"PUT {sign}/file", {"power": {"feed": "mains"}}, **place)
    await call(f"POST {sign}/state", {"state": "commissioned", "text": ""}, **place)
    part = await call(f"POST {sign}/parts", {"kind": "radar", "serial": "R1"}, **place)
    await call(f"DELETE {sign}/parts/{{number}}", number=(part or {}).get("id", 1), **place)
    await call(f"POST {sign}/repairs", {"text": "new lamp"}, **place)
    await call(f"POST {sign}/notes", {"text": "seen from the road", "keep_days": 30}, **place)
    await call(f"POST {entry}/revoke", **place)
    certificate = encode(make_bundle_authority(timedelta(days=7)).certificate)
    wanted = {"certificate": certificate, "label": "lorry", "sites": ["drammen/storgata"], "limit": 3}
    made = await call("POST /bundles", wanted | {"days": 7})
    await call("POST /bundles/{bundle}/revoke", bundle=(made or {}).get("id", "0"))


async def alarms(call: Caller) -> None:
    patrol = call.office.services.patrol
    assert patrol is not None
    await patrol.alarms.report("watch", [Condition("radar_silent", str(SIGN))])
    number = patrol.alarms.standing("watch")[0].id
    for step, body in (
        ("acknowledge", {}),
        ("comment", {"text": "seen"}),
        ("assign", {"to": "admin"}),
        ("suspend", {"minutes": 5}),
        ("resume", {}),
    ):
        await call(f"POST /alarms/{{number}}/{step}", body, number=number)
    await call("POST /alarms/steps", {"step": "acknowledge", "expected": 1})


async def relays(call: Caller) -> None:
    hook = {"name": "hook", "type": "webhook", "kinds": ["*"]}
    await call("POST /relays", hook | {"options": {"url": "http://127.0.0.1:9/", "allow_private": True}})
    await call("PATCH /relays/{name}", {"paused": True}, name="hook")
    await call("POST /relays/{name}/secret", name="hook")
    await call("DELETE /relays/{name}", name="hook")
    contact = await call("POST /contacts", {"name": "Kari", "email": "kari@drammen.example"})
    number = (contact or {}).get("id", 1)
    await call("PUT /contacts/{number}", {"name": "Kari", "phone": "+4712345678"}, number=number)
    await call("DELETE /contacts/{number}", number=number)
    await call("PUT /channels/{name}", {"options": {"url": "https://ntfy.example"}}, name="ntfy")
    await call("DELETE /channels/{name}", name="ntfy")


async def people(call: Caller) -> None:
    await call("POST /people", {"user": "ola", "roles": {"*": "administrator"}})
    await call("PUT /people/{user}/roles", {"roles": {"drammen": "viewer"}}, user="ola")
    for step in ("lock", "unlock", "password"):
        await call(f"POST /people/{{user}}/{step}", user="ola")
    token = await call("POST /tokens", {"name": "screen"})
    await call("DELETE /tokens/{number}", number=((token or {}).get("id", 1)))
    token = await call("POST /tokens", {"name": "other screen"})
    await call("DELETE /people/{user}/tokens/{number}", user="admin", number=((token or {}).get("id", 2)))
    member = await call.office.store.staff.get("ola")
    assert member is not None
    factors = call.office.services.auth.factors
    begun, now_s = await factors.begin("ola"), call.office.services.auth.clock_s()
    await factors.confirm("ola", pyotp.TOTP(begun.secret).at(now_s))
    await call("DELETE /people/{user}/second-factor", user="ola")
    await call("DELETE /people/{user}/sessions", user="ola")
    await call("PUT /staff-rules", {"administrators_need_second_factor": False})
    await call("DELETE /people/{user}", user="ola")


async def approvals(call: Caller) -> None:
    await call.office.store.staff.add("eva", "-", must_change=False, grants=ALL_RIGHTS)
    pairs = pairs_on(call.office.store)
    asked = await call("POST /approvals", {"kind": "update.sign", "subject": "x"})
    await call("POST /approvals/{number}/refuse", number=asked["id"])
    rule = await pairs.ask("rule.two-persons", "two_persons", {"rule": "always"}, "eva")
    await call("POST /approvals/{number}/approve", number=rule.id)
    signed = await call("POST /approvals", {"kind": "update.sign", "subject": "x"})
    await pairs.approve(signed["id"], "eva", Grants(ALL_RIGHTS))
    await pairs.take(signed["id"], "update.sign", "x", "admin")
    await call("POST /approvals/{number}/finish", {"ok": True}, number=signed["id"])
    await call("POST /password", {"password": PASSWORD, "new_password": "another horse battery"})

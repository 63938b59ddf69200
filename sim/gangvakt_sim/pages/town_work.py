"""What the staff of the town did: people, configurations, an update on its way, settings, recordings."""

from __future__ import annotations

import hashlib
import shutil

import pyotp

from gangvakt.api.auth import AuthService
from gangvakt.api.services import Services
from gangvakt.clock import utc_ms
from gangvakt.fleet import ReportedConfig, SignId
from gangvakt.fleet.alarm_classes import PUBLIC_REPORT
from gangvakt.fleet.config_layers import Group
from gangvakt.fleet.roles import EVERYWHERE, Grants, Role
from gangvakt.fleet.rollout_plan import GroupSpec
from gangvakt.fleet.selection import Selection
from gangvakt.orders.plans import Wanted as WantedPlan
from gangvakt.provision.pack import Manifest, sequence_of
from gangvakt.provision.public_wire import FaultReportIn, PublicPageIn
from gangvakt.provision.site_config import schema_hash
from gangvakt.provision.update_file import UpdateFile
from gangvakt.provision.update_keys import UpdateKeys
from gangvakt.store import DeadLetter, Work
from gangvakt.store.notices import Contact
from gangvakt.store.relays import NewRelay
from gangvakt.upkeep.rollout_making import Wanted
from gangvakt_sim.bench.context import REPOSITORY
from gangvakt_sim.pages.places import Who
from gangvakt_sim.pages.town import STATUS, Office

BY, TOWN = "kari", "drammen"
NORTH = SignId(TOWN, "storgata", "north")
RECORDED = REPOSITORY / "controller" / "tests" / "web" / "walk.gvfr"  # of a person who was warned for
RECORDING = "00003-00012-00007.gvfr"
KERB = {"kerb_a_x_mm": 170, "kerb_a_y_mm": 880, "kerb_b_x_mm": -2730, "kerb_b_y_mm": 3780}
NEW = "1.5.0"
WORD = b"made up for pictures"  # of keys that live for minutes
PASSWORD = "of nobody at all"  # likewise
PEOPLE = {
    "kari": Grants({"drammen": Role.TECHNICIAN, "lier": Role.TECHNICIAN}),
    "ola": Grants({"drammen": Role.OPERATOR, "lier": Role.VIEWER}),
    "eva": Grants({EVERYWHERE: Role.ADMINISTRATOR}),
}
MINUTE_MS = 60_000


async def fill_work(office: Office) -> dict[str, int]:
    """The numbers that stand in paths of pages."""
    services = office.services
    _record(office)
    rollout = await _rollout(office)  # as long as one person alone administers: two would have to see it
    for user, grants in PEOPLE.items():
        await services.auth.staff.add(user, "-", must_change=False, grants=grants)
    plan, pair = await _configurations(services), await _second_person(services)
    await _settings(office)
    return {"plan": plan, "pair": pair, "rollout": rollout, **await _alarms(services)}


async def newcomers(auth: AuthService) -> dict[Who, str]:
    """Tokens of two who are not quite logged in: by a one-time password, and without the second factor."""
    tokens, everywhere = {}, Grants({EVERYWHERE: Role.VIEWER})
    for who, user in ((Who.NEWCOMER, "nils"), (Who.HALF_IN, "liv")):
        password = await auth.add_user(user, everywhere, BY) or ""
        login = await auth.login(user, password, user)
        if who is Who.HALF_IN:
            await auth.change_password(login, PASSWORD)
            secret = (await auth.factors.begin(user)).secret
            await auth.factors.confirm(user, pyotp.TOTP(secret).at(int(auth.clock_s())))
            login = await auth.login(user, PASSWORD, user)
        tokens[who] = login.token
    return tokens


def _record(office: Office) -> None:
    folder = office.recordings / str(NORTH)
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(RECORDED, folder / RECORDING)
    values = {"mode": "active", "power_profile": "mains", **KERB}
    office.services.fleet.put_config(NORTH, ReportedConfig(4, schema_hash(), values, ()), utc_ms())


async def _configurations(services: Services) -> int:
    steering, orders = services.steering, services.orders
    assert steering is not None
    assert orders is not None
    common = {"winter_lead_ms": 7000, "approach_depth_mm": 3000, "pattern": "alternating", "pole_sync": True}
    await steering.templates.put_template(TOWN, "school-road", common, BY)
    schools = frozenset({"storgata", "hamborgstrom", "brandengen", "fjell", "oren"})
    group = Group(TOWN, "schools", 10, schools, frozenset(), ("school-road",))
    await steering.templates.put_group(group, BY)
    await orders.configs.want(SignId(TOWN, "engene", "north"), {"lead_ms": 4500, "side_margin_mm": 300}, BY)
    wanted = WantedPlan("Longer lead in winter", {"lead_ms": 4500}, Selection(TOWN), 2, 5, 60, BY)
    return (await steering.plans.make(wanted)).id


async def _second_person(services: Services) -> int:
    """Somebody wants to keep many signs dark; the number under which it waits."""
    steering = services.steering
    assert steering is not None
    prepared = steering.bulk.prepare(Selection("lier"), "mute", 20, BY)
    return (await steering.bulk.go("lier", prepared.token, BY)).pending or 0


async def _rollout(office: Office) -> int:
    """One that has begun at a first crossing."""
    rollouts = office.services.rollouts
    assert rollouts is not None
    keys = UpdateKeys(office.update_keys)
    keys.create(WORD)
    files = (an_update(keys, NEW), an_update(keys, STATUS.firmware, sequence_of(NEW)))
    new, back = [(await rollouts.artifacts.upload(one.content, BY)).artifact.id for one in files]
    groups = tuple(map(GroupSpec.parse, ("canary=drammen/engene", "schools=50", "all=100")))
    wanted = Wanted("Winter 2026", (TOWN,), (new,), (back,), groups, skip_unfit=True)
    made = await rollouts.add(wanted, BY)
    await rollouts.start(made.id, len(made.entries), BY)
    await rollouts.round()
    return made.id


def an_update(keys: UpdateKeys, version: str, replaces: int = 0) -> UpdateFile:
    """Signed, and small: nobody runs it."""
    body = f"app {version}".encode() * 60
    manifest = Manifest(
        version=version,
        interpreter="1.26.1",
        size=len(body),
        sha256=hashlib.sha256(body).digest(),
        board=STATUS.board,
        replaces=replaces,
        key=keys.marks()[0],
    )
    return UpdateFile(manifest, keys.signature(manifest.packed(), lambda: WORD), body)


async def _settings(office: Office) -> None:
    services = office.services
    assert services.relays is not None
    relays = services.relays
    await relays.save_contact(Contact(0, "Kari Nordmann", TOWN, phone="+4791234567"))
    options: dict[str, object] = {"url": "https://traffic.example.no/in"}
    await relays.relays.add(NewRelay("traffic-centre", "webhook", TOWN, (), 3, options))
    await relays.relays.change("traffic-centre", {"paused": True})  # nothing leaves this computer
    unread = DeadLetter(utc_ms(), f"gangvakt/v1/{NORTH}/status", "not JSON", b'{"v": 1, ', 9)
    await office.store.journal.write(Work(dead_letters=(unread,)))
    opened = PublicPageIn(is_open=True, contact="vei@drammen.example.no, 32 04 00 00", licence="NLOD-2.0")
    await services.registry.public_pages.put_municipality(TOWN, opened)


async def _alarms(services: Services) -> dict[str, int]:
    """Somebody in the street has told that lamps are dark."""
    patrol, reports = services.patrol, services.fault_reports
    assert patrol is not None
    assert reports is not None
    told = FaultReportIn(kind="dark", text="No light this morning", contact="91 23 45 67", sign="south")
    await reports.take(SignId(TOWN, "tollbugata", "south").site_id, told)
    found = {one.code: one.id for one in patrol.alarms.open()}
    return {"alarm": found["radar_silent"], "report": found[PUBLIC_REPORT]}

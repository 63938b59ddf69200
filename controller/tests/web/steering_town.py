"""A town in which something of everything was steered, for pages to show."""

from __future__ import annotations

from gangvakt.cli.steering import join_pairs
from gangvakt.fleet import SignId
from gangvakt.fleet.config_layers import Group
from gangvakt.fleet.roles import Grants, Role
from gangvakt.fleet.rollout_plan import GroupSpec
from gangvakt.fleet.selection import Selection
from gangvakt.ingest.messages import parse_config, parse_status
from gangvakt.orders.plans import Wanted as WantedPlan
from gangvakt.provision.file_wire import MunicipalityIn
from gangvakt.provision.site_config import schema_hash
from gangvakt.provision.update_keys import UpdateKeys
from gangvakt.store import DeadLetter, Work
from gangvakt.store.notices import Contact
from gangvakt.store.relays import NewRelay
from gangvakt.upkeep.rollout_making import Wanted

from ..rollout_street import NEW, OLD, WORD, an_update  # noqa: TID252 (tests have no absolute name)
from ..wire import NOW_MS, status  # noqa: TID252
from .support import PageServer

SITES = ("bragernes", "gyldenlove", "konnerud", "storgata", "stromso", "torget")
SIGNS = [SignId("drammen", site, sign) for site in SITES for sign in ("north", "south")]
PATHS = (
    "/rollouts",
    "/rollouts/{rollout}",
    "/rollouts/new",
    "/config",
    "/config/drammen/template?name=school-road",
    "/config/drammen/group?name=schools",
    "/config/drammen/new-plan",
    "/config/drammen/plan/{plan}",
    "/config/drammen/sign/storgata/north",
    "/commands",
    "/approvals",
    "/audit",
    "/settings",
    "/settings/municipalities",
    "/settings/contacts",
    "/settings/relays",
    "/settings/logins",
    "/settings/dead-letters",
    "/people",
    "/account",
)


def build(server: PageServer) -> dict[str, int]:
    """The numbers that stand in PATHS. Nobody is told anything: no broker runs."""
    for sign in SIGNS:
        read = parse_status(status(fw=OLD))
        server.feed(server.fleet.put_status, sign, read, NOW_MS)
        values = {"lead_ms": 4500} if sign.site == "storgata" else {}
        told = {"v": 1, "version": 1, "schema": schema_hash(), "values": values, "errors": []}
        server.feed(server.fleet.put_config, sign, parse_config(told), NOW_MS)
    server.ask(_settings(server))
    return {"plan": server.ask(_configs(server)), "rollout": server.ask(_rollout(server))}


async def _configs(server: PageServer) -> int:
    steering, orders = server.services.steering, server.services.orders
    assert steering is not None
    assert orders is not None
    templates = steering.templates
    values = {"winter_lead_ms": 7000, "approach_depth_mm": 3000, "pattern": "alternating", "pole_sync": True}
    await templates.put_template("drammen", "school-road", values, "kari")
    sites = frozenset({"storgata", "torget"})
    await templates.put_group(Group("drammen", "schools", 10, sites, frozenset(), ("school-road",)), "kari")
    wanted = WantedPlan("Later in spring", {"lead_ms": 4500}, Selection("drammen"), 2, 5, 60, "kari")
    await orders.configs.want(SIGNS[6], {"lead_ms": 5000, "side_margin_mm": 300}, "kari")
    return (await steering.plans.make(wanted)).id


async def _rollout(server: PageServer) -> int:
    rollouts = server.services.rollouts
    assert rollouts is not None
    keys = UpdateKeys(server.folder / "update-keys")
    if not keys.exist:
        keys.create(WORD)
    new, back = an_update(keys, NEW), an_update(keys, OLD, replaces=1_005_000)
    numbers = [(await rollouts.artifacts.upload(one.content, "kari")).artifact.id for one in (new, back)]
    groups = tuple(map(GroupSpec.parse, ("canary=drammen/torget", "some=50", "all=100")))
    wanted = Wanted("Winter 2026", ("drammen",), tuple(numbers[:1]), tuple(numbers[1:]), groups)
    return (await rollouts.add(wanted, "kari")).id


async def _settings(server: PageServer) -> None:
    services = server.services
    assert services.relays is not None
    assert services.pairs is not None
    assert services.steering is not None
    described = MunicipalityIn(title="Drammen kommune", contact="signs@drammen.example.no")
    await services.registry.site_files.put_municipality("drammen", described, 0)
    await services.relays.save_contact(Contact(0, "Ola Nordmann", "drammen", phone="+4791234567"))
    options = {"url": "https://traffic.example.no/in"}
    await services.relays.relays.add(NewRelay("traffic-centre", "webhook", "drammen", (), 3, options))
    letter = DeadLetter(NOW_MS, "gangvakt/v1/drammen/torget/north/status", "not JSON", b'{"v": 1, ', 9)
    await server.store.journal.write(Work(dead_letters=(letter,)))
    join_pairs(services.steering.bulk, services.pairs)
    await server.staff.add("kari", "-", must_change=False, grants=Grants({"drammen": Role.TECHNICIAN}))
    bulk = services.steering.bulk
    prepared = bulk.prepare(Selection("drammen"), "mute", 20, "admin")
    await bulk.go("drammen", prepared.token, "admin")

"""Templates and groups of configurations: what they may hold, and what they give a sign."""

from __future__ import annotations

from dataclasses import dataclass

from gangvakt.clock import ClockMs, utc_ms
from gangvakt.errors import Missing, SettingRefused, StillUsed
from gangvakt.fleet import SignId
from gangvakt.fleet.config_layers import LOCKS, Group, Layer, Origin, template_names
from gangvakt.provision.site_config import check_config, schema_hash
from gangvakt.store.config_groups import ConfigGroupTable, KeptGroup, Template

MOST_TEMPLATES = 100  # of a municipality; each change of a sign reads them
MOST_GROUPS = 100


@dataclass(frozen=True)
class Templates:
    """Of all municipalities, each for itself."""

    table: ConfigGroupTable
    clock_ms: ClockMs = utc_ms

    async def layers(self, sign: SignId, board: str | None) -> tuple[Layer, ...]:
        """What a sign's groups give it, the lowest first."""
        groups = [kept.group for kept in await self.table.groups(sign.municipality)]
        names = template_names(groups, sign, board)
        if not names:
            return ()
        held = {one.name: one for one in await self.table.templates(sign.municipality)}
        return tuple(Layer(Origin.TEMPLATE, held[name].values, name) for name in names if name in held)

    async def template(self, municipality: str, name: str) -> Template:
        """Missing where there is none."""
        for one in await self.table.templates(municipality):
            if one.name == name:
                return one
        raise Missing("template", f"{name} in {municipality}", "`gangvakt config template list` lists them")

    async def group(self, municipality: str, name: str) -> KeptGroup:
        """Missing where there is none."""
        for one in await self.table.groups(municipality):
            if one.group.name == name:
                return one
        raise Missing("group", f"{name} in {municipality}", "`gangvakt config group list` lists them")

    async def put_template(
        self,
        municipality: str,
        name: str,
        values: dict[str, object],
        who: str,
        expected_ms: int | None = None,
    ) -> Template:
        """Makes it, or replaces it; signs get it with their next change, or by a plan. SettingRefused as the
        firmware's field table says. Outdated when it was changed at another time than `expected_ms`, that of
        what was read before: 0 for none, None takes whatever stands there.
        """
        for field in LOCKS:
            if field in values:
                allowed = "nothing: the road authority's decision fills it in"
                raise SettingRefused("config", field, _short(values[field]), allowed)
        checked = check_config(values)
        held = {one.name for one in await self.table.templates(municipality)}
        _check_count("templates", held | {name}, MOST_TEMPLATES)
        new = Template(municipality, name, checked, schema_hash(), who, self.clock_ms())
        return await self.table.put_template(new, expected_ms)

    async def put_group(self, group: Group, who: str, expected_ms: int | None = None) -> KeptGroup:
        """Makes it, or replaces it. Missing where a template is not there; Outdated as for a template."""
        for name in group.templates:
            await self.template(group.municipality, name)
        held = {one.group.name for one in await self.table.groups(group.municipality)}
        _check_count("groups", held | {group.name}, MOST_GROUPS)
        new = KeptGroup(group, who, self.clock_ms())
        return await self.table.put_group(new, expected_ms)

    async def remove_template(self, municipality: str, name: str, who: str) -> None:
        """StillUsed while a group names it."""
        users = [
            one.group.name for one in await self.table.groups(municipality) if name in one.group.templates
        ]
        if users:
            raise StillUsed(name, users)
        await self.template(municipality, name)
        await self.table.remove_template(municipality, name, who)

    async def remove_group(self, municipality: str, name: str, who: str) -> None:
        await self.group(municipality, name)
        await self.table.remove_group(municipality, name, who)


def _check_count(field: str, names: set[str], most: int) -> None:
    if len(names) > most:
        raise SettingRefused("config", field, len(names), f"at most {most} of a municipality")


def _short(value: object) -> object:
    return value if isinstance(value, int | float | bool | None) else str(value)[:40]

"""What a sign shall run with: layers, one above the other, and of each value which layer gave it.

defaults of the firmware <- templates of the sign's groups <- the sign's own values <- locks of the approval
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum

from gangvakt.fleet.names import SignId

LOCKS = ("approval_number", "approval_pattern", "approval_dim_max_pct")
"""The fields that the road authority's decision fills in, and nobody else."""


class Origin(Enum):
    """Which layer, from the lowest to the highest."""

    DEFAULT = "default"
    TEMPLATE = "template"
    OWN = "own"
    LOCK = "lock"


@dataclass(frozen=True)
class Layer:
    """Some values of one origin; `name` is the template's."""

    origin: Origin
    values: Mapping[str, object]
    name: str = ""


@dataclass(frozen=True)
class Setting:
    """A value and who gave it."""

    value: object
    origin: Origin
    name: str = ""

    def __str__(self) -> str:
        return f"{self.value} from {self.origin.value}{f' {self.name}' if self.name else ''}"


@dataclass(frozen=True)
class Group:
    """Signs of one municipality, at any of `sites` and with any of `boards`; none named means every one.
    Its templates apply in their order, and the groups of a sign by `position`, then by name."""

    municipality: str
    name: str
    position: int = 0
    sites: frozenset[str] = frozenset()
    boards: frozenset[str] = frozenset()
    templates: tuple[str, ...] = ()

    def holds(self, sign: SignId, board: str | None) -> bool:
        """Whether the sign belongs to it; `board` is None as long as the sign has not told."""
        return (
            self.municipality == sign.municipality
            and (not self.sites or sign.site in self.sites)
            and (not self.boards or board in self.boards)
        )


@dataclass(frozen=True)
class Difference:
    """A field in which a sign is not as it shall be."""

    field: str
    reported: object
    wanted: Setting


@dataclass(frozen=True)
class Resolved:
    """Every value that is not a default, by field."""

    settings: Mapping[str, Setting] = field(default_factory=dict)

    @property
    def values(self) -> dict[str, object]:
        return {name: setting.value for name, setting in self.settings.items()}


def template_names(groups: Iterable[Group], sign: SignId, board: str | None) -> tuple[str, ...]:
    """The templates of a sign, the lowest first; one that several groups name stands where it comes last."""
    held = sorted((one for one in groups if one.holds(sign, board)), key=lambda one: (one.position, one.name))
    names = [name for group in held for name in group.templates]
    return tuple(reversed(dict.fromkeys(reversed(names))))


def resolve(layers: Iterable[Layer]) -> Resolved:
    """The topmost value of each field; `layers` from the lowest to the highest."""
    settings: dict[str, Setting] = {}
    for layer in layers:
        for name, value in layer.values.items():
            settings[name] = Setting(value, layer.origin, layer.name)
    return Resolved(dict(sorted(settings.items())))


def differences(
    wanted: Resolved, reported: Mapping[str, object], defaults: Mapping[str, object]
) -> tuple[Difference, ...]:
    """Where a sign is not as it shall be; a field that either side leaves out has its default there."""
    found = []
    for name in sorted({*wanted.settings, *reported}):
        held = reported.get(name, defaults.get(name))
        default = Setting(defaults.get(name), Origin.DEFAULT)
        setting = wanted.settings.get(name, default)
        if held != setting.value:
            found.append(Difference(name, held, setting))
    return tuple(found)


def adopted(below: Resolved, reported: Mapping[str, object]) -> dict[str, object]:
    """A sign's own values where nobody wrote them down: what it reports, but for what the layers below give
    it anyway."""
    return {name: value for name, value in reported.items() if below.values.get(name, _NOTHING) != value}


def pinned(
    below: Resolved, values: Mapping[str, object], defaults: Mapping[str, object]
) -> dict[str, object]:
    """The own values with which a sign gets exactly `values`, whatever its templates say by now."""
    missing = {name: defaults.get(name) for name in below.settings if name not in values}
    return adopted(below, {**values, **missing})


_NOTHING = object()

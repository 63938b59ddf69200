"""What people may do, and where: a role in each municipality, the highest of which counts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import IntEnum

EVERYWHERE = "*"
"""The scope of a role in all municipalities; none can be called so."""


class Role(IntEnum):
    """Each may what those before it may.

    A viewer reads; an operator takes alarms and commands signs; a technician changes sites, signs and their
    configurations; an administrator changes people, relays, certificates, bundles and settings.
    """

    VIEWER = 1
    OPERATOR = 2
    TECHNICIAN = 3
    ADMINISTRATOR = 4

    @property
    def word(self) -> str:
        """As people, files and the database spell it."""
        return self.name.lower()


ROLES: Mapping[str, Role] = {role.word: role for role in Role}


class Grants(Mapping[str, Role]):
    """Roles by municipality, EVERYWHERE for all of them. Not changed once made."""

    def __init__(self, roles: Mapping[str, Role] | None = None) -> None:
        self._roles = dict(roles or {})

    def __getitem__(self, municipality: str) -> Role:
        return self._roles[municipality]

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._roles))

    def __len__(self) -> int:
        return len(self._roles)

    def __hash__(self) -> int:
        return hash(frozenset(self._roles.items()))

    def __repr__(self) -> str:
        return f"Grants({ {name: self[name].word for name in self} })"

    def role_in(self, municipality: str) -> Role | None:
        """The highest that counts there; None: nothing there is his business."""
        here, everywhere = self._roles.get(municipality), self._roles.get(EVERYWHERE)
        return max(here, everywhere) if here and everywhere else here or everywhere

    @property
    def everywhere(self) -> Role | None:
        return self._roles.get(EVERYWHERE)

    @property
    def highest(self) -> Role | None:
        """Anywhere."""
        return max(self._roles.values(), default=None)

    @property
    def municipalities(self) -> frozenset[str] | None:
        """Those in which there is any role; None for all of them."""
        return None if EVERYWHERE in self._roles else frozenset(self._roles)

    def at_least(self, role: Role) -> Grants:
        """Without what is less than `role`."""
        return Grants({where: held for where, held in self._roles.items() if held >= role})

    def at_most(self, role: Role) -> Grants:
        """With what is more than `role` cut down to it."""
        return Grants({where: min(held, role) for where, held in self._roles.items()})

    def within(self, municipalities: frozenset[str] | None) -> Grants:
        """In these municipalities only; None changes nothing."""
        if municipalities is None:
            return self
        found = {where: self.role_in(where) for where in municipalities}
        return Grants({where: role for where, role in found.items() if role is not None})

    def covers(self, other: Grants) -> bool:
        """Whether whoever holds these may give `other`: nothing in it is more than what is held there."""
        return all((self.role_in(where) or 0) >= role for where, role in other.items())


NO_RIGHTS = Grants()
ALL_RIGHTS = Grants({EVERYWHERE: Role.ADMINISTRATOR})


def grants_in(municipalities: frozenset[str] | None, role: Role) -> Grants:
    """One role in each of `municipalities`, None for all of them."""
    return Grants(dict.fromkeys((EVERYWHERE,) if municipalities is None else municipalities, role))

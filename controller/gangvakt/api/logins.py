"""Who has come in, how far, and with which rights."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from functools import cached_property

from gangvakt.fleet.roles import NO_RIGHTS, Grants, Role
from gangvakt.store.sessions import Stage


class Hurdle(Enum):
    """What somebody has to do before all else; the values are what the API says."""

    CODE = "code"
    PASSWORD = "password"
    SECOND_FACTOR = "second_factor"


@dataclass(frozen=True)
class Login:
    """A session, or the token of a program. Before its `hurdle` is taken nothing else is open.

    `token` is what the browser, or the program, keeps.

    `granted` is all that the user may; `grants` what of it is enough for `least`, which the route takes.
    """

    user: str
    must_change: bool
    token: str
    granted: Grants = NO_RIGHTS
    stage: Stage = Stage.OPEN
    session: str | None = None
    least: Role = Role.VIEWER
    is_token: bool = False

    @cached_property
    def grants(self) -> Grants:
        return self.granted.at_least(self.least)

    @property
    def municipalities(self) -> frozenset[str] | None:
        """Those of which something is shown; None for all of them."""
        return self.grants.municipalities

    @property
    def hurdle(self) -> Hurdle | None:
        if self.stage is Stage.CODE:
            return Hurdle.CODE
        if self.must_change:
            return Hurdle.PASSWORD
        return Hurdle.SECOND_FACTOR if self.stage is Stage.SET_UP else None

    def sees(self, municipality: str) -> bool:
        """Whether the role in `municipality` is enough for the route."""
        return self.grants.role_in(municipality) is not None

    def narrowed(self, role: Role) -> Login:
        """For a route that takes `role`."""
        return replace(self, least=role)


@dataclass(frozen=True)
class Caller:
    """Where somebody asks from, and with which program."""

    address: str
    agent: str = ""

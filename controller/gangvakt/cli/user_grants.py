"""What `gangvakt user` says of roles: who may do what where."""

from __future__ import annotations

from typing import Annotated

import typer

from gangvakt.errors import SettingRefused
from gangvakt.fleet.names import check_name
from gangvakt.fleet.roles import EVERYWHERE, ROLES, Grants, Role

ROLE_WORDS = ", ".join(ROLES)

Names = Annotated[list[str] | None, typer.Option("--municipality", help="Where; repeat it.")]
Everything = Annotated[bool, typer.Option("--all", help="In all municipalities.")]


def role_of(source: str, word: str) -> Role:
    """SettingRefused for a word that is no role."""
    if word not in ROLES:
        raise SettingRefused(source, "role", word[:32], ROLE_WORDS)
    return ROLES[word]


def places_of(source: str, names: list[str] | None, everything: bool) -> frozenset[str] | None:
    """None for all of them; SettingRefused unless told either of the two."""
    if everything == bool(names):
        raise SettingRefused(source, "--municipality", names or "none", "names, or else --all")
    for name in names or ():
        check_name("--municipality", name)
    return None if everything else frozenset(names or ())


def listed(seen: frozenset[str] | None) -> list[str] | None:
    return None if seen is None else sorted(seen)


def seen_words(seen: frozenset[str] | None) -> str:
    return "all municipalities" if seen is None else ", ".join(sorted(seen)) or "none"


def words(grants: Grants) -> str:
    """For people: who is what where."""
    told = [f"{role.word} in {'all' if where == EVERYWHERE else where}" for where, role in grants.items()]
    return ", ".join(told) or "nothing"


def told(grants: Grants) -> dict[str, str]:
    return {where: role.word for where, role in grants.items()}

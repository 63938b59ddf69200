"""What asks a controller for those who know what to ask."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol, TypeVar
from urllib.parse import quote, urlencode

from pydantic import BaseModel

from gangvakt.fleet import SignId, SiteId
from gangvakt.provision.pages import Page

LONGEST_PAGE = 1000  # entries: the longest that the controller gives

M = TypeVar("M", bound=BaseModel)
Query = Sequence[tuple[str, str]]


class Asking(Protocol):
    def __call__(
        self, method: str, path: str, body: BaseModel | bytes | None = None, headers: Mapping[str, str] = ...
    ) -> bytes:
        """The content of the answer; ControllerFailed or LoggedOut otherwise."""
        ...


def path_of(*parts: str | SignId | SiteId) -> str:
    """What means something in a URL is quoted, but for the slashes of a sign's or site's name."""
    return "".join(f"/{quote(str(part), safe='' if isinstance(part, str) else '/')}" for part in parts)


def listed(ask: Callable[[str], Page[M]], path: str, query: Query = (), most: int | None = None) -> Page[M]:
    """A list from page to page: all of it, or its first `most` entries; `next` where there are more."""
    items: tuple[M, ...] = ()
    after: Query = ()
    while True:
        wanted = LONGEST_PAGE if most is None else min(LONGEST_PAGE, most - len(items))
        told = ask(f"{path}?{urlencode([*query, ('limit', str(wanted)), *after])}")
        items += told.items
        if told.next is None or len(items) == most:
            return Page(items=items, next=told.next)
        after = [("after", told.next)]

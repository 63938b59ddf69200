"""What asks a controller for those who know what to ask."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol
from urllib.parse import quote

from pydantic import BaseModel

from gangvakt.fleet import SignId, SiteId


class Asking(Protocol):
    def __call__(
        self, method: str, path: str, body: BaseModel | bytes | None = None, headers: Mapping[str, str] = ...
    ) -> bytes:
        """The content of the answer; ControllerFailed or LoggedOut otherwise."""
        ...


def path_of(*parts: str | SignId | SiteId) -> str:
    """What means something in a URL is quoted, but for the slashes of a sign's or site's name."""
    return "".join(f"/{quote(str(part), safe='' if isinstance(part, str) else '/')}" for part in parts)

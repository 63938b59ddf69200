"""Names of municipalities, sites and signs: they stand in topics, certificates and paths alike."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Self

from gangvakt.errors import NameRefused

NAME_RULE = "1 to 32 of a-z, 0-9 and -, not beginning with -"
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")

# The whole identity is the common name of a certificate, which X.509 bounds (ub-common-name).
LONGEST_IDENTITY = 64
RESERVED_SIGN = "group"  # <site>/group is the topic that the poles of one crossing share


def check_name(field: str, value: str) -> str:
    """The name itself; refused when it breaks NAME_RULE."""
    if _NAME.fullmatch(value):
        return value
    raise NameRefused("name", field, value[:80], NAME_RULE)


@dataclass(frozen=True, order=True)
class SiteId:
    """One crossing."""

    municipality: str
    site: str

    def __post_init__(self) -> None:
        check_name("municipality", self.municipality)
        check_name("site", self.site)

    @classmethod
    def parse(cls, text: str) -> Self:
        """From `municipality/site`."""
        parts = text.split("/")
        if len(parts) != 2:
            raise NameRefused("name", "site", text[:80], "municipality/site")
        return cls(*parts)

    def sign(self, name: str) -> SignId:
        """A sign at this crossing."""
        return SignId(self.municipality, self.site, name)

    def __str__(self) -> str:
        return f"{self.municipality}/{self.site}"


@dataclass(frozen=True, order=True)
class SignId:
    """One sign; its text is also its certificate's common name and its MQTT client id."""

    municipality: str
    site: str
    sign: str

    def __post_init__(self) -> None:
        for field in ("municipality", "site", "sign"):
            check_name(field, getattr(self, field))
        if self.sign == RESERVED_SIGN:
            raise NameRefused("name", "sign", self.sign, f"any other name: {RESERVED_SIGN} is reserved")
        if len(str(self)) > LONGEST_IDENTITY:
            allowed = f"at most {LONGEST_IDENTITY} characters together"
            raise NameRefused("name", "municipality/site/sign", str(self), allowed)

    @classmethod
    def parse(cls, text: str) -> Self:
        """From `municipality/site/sign`."""
        parts = text.split("/")
        if len(parts) != 3:
            raise NameRefused("name", "sign", text[:80], "municipality/site/sign")
        return cls(*parts)

    @cached_property
    def site_id(self) -> SiteId:
        return SiteId(self.municipality, self.site)

    def __str__(self) -> str:
        return f"{self.municipality}/{self.site}/{self.sign}"

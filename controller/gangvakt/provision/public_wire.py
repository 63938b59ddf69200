"""What is open to everybody, and what everybody tells, with its bounds. Times are UTC ms."""

from __future__ import annotations

from typing import Annotated, Literal, get_args

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from gangvakt.errors import SettingRefused
from gangvakt.provision.wire_values import NAME_PATTERN, PRINTABLE

LONGEST_REPORT = 1000
LONGEST_CONTACT = 120
LICENCES = {
    "CC-BY-4.0": "https://creativecommons.org/licenses/by/4.0/",
    "CC0-1.0": "https://creativecommons.org/publicdomain/zero/1.0/",
    "NLOD-2.0": "https://data.norge.no/nlod/no/2.0",
}
"""Names of SPDX, each with where its text stands."""
FaultWord = Literal["dark", "always_lit", "late", "damaged", "other"]
FAULT_WORDS: tuple[FaultWord, ...] = get_args(FaultWord)


def _is_licence(text: str) -> str:
    if text not in LICENCES:
        raise SettingRefused("public page", "licence", text[:80], ", ".join(LICENCES))
    return text


class _In(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _Out(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", from_attributes=True)


Contact = Annotated[str, Field(max_length=LONGEST_CONTACT, pattern=PRINTABLE)]


class PublicPageIn(_In):
    """Whether a municipality's crossings, or one crossing, are open to everybody."""

    is_open: bool = Field(description="Whether there is a page for everybody.", examples=[True])
    contact: Contact = Field(
        "",
        description="Whom people may ask, as it stands on the page; empty: what the municipality says.",
        examples=["Kari Nordmann, vei@drammen.example.no, 32 04 00 00"],
    )
    licence: Annotated[str, Field(max_length=32), AfterValidator(_is_licence)] = Field(
        "CC-BY-4.0", description="Of the open data, by its SPDX name.", examples=["CC-BY-4.0"]
    )


class PublicPageOut(_Out):
    """As it stands; where nobody has decided, of a crossing what its municipality has, else closed."""

    place: str = Field(description="A municipality or a crossing.", examples=["drammen/storgata"])
    is_open: bool = Field(description="Whether there is a page for everybody.", examples=[True])
    contact: str = Field(description="Whom people may ask.", examples=["vei@drammen.example.no"])
    licence: str = Field(description="Of the open data.", examples=["CC-BY-4.0"])
    own: bool = Field(description="Whether it was decided for this very place.", examples=[False])
    version: int = Field(description="Grows with every change of this place; 0: none yet.", examples=[3])


class FaultReportIn(_In):
    """What somebody in the street tells."""

    kind: FaultWord = Field(description="What is wrong.", examples=["dark"])
    text: Annotated[
        str, Field(min_length=1, max_length=LONGEST_REPORT, pattern=r"^[^\x00-\x08\x0b-\x1f\x7f]*$")
    ] = Field(description="In his own words.", examples=["no light since yesterday"])
    contact: Contact = Field(
        "", description="How to reach him, where he wants that.", examples=["91 23 45 67"]
    )
    sign: Annotated[str, Field(pattern=NAME_PATTERN)] | None = Field(
        None, description="The sign on whose label he read the code.", examples=["30aea4120001"]
    )


class FaultReportOut(_Out):
    """What somebody told, as long as it is kept."""

    id: int = Field(description="Its number.", examples=[12])
    site: str = Field(description="The crossing.", examples=["drammen/storgata"])
    sign: str | None = Field(description="The sign, where its label was read.", examples=["30aea4120001"])
    kind: str = Field(description="What is wrong.", examples=["dark"])
    text: str = Field(description="In his own words.", examples=["no light since yesterday"])
    contact: str = Field(description="How to reach him; empty once that is over.", examples=["91 23 45 67"])
    at_ms: int = Field(description="When it came.", examples=[1800000000000])
    delete_ms: int = Field(description="When it is deleted.", examples=[1807776000000])
    done_ms: int | None = Field(description="When it was dealt with.", examples=[1800000000000])

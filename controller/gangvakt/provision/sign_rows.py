"""Signs as rows of a list that goes out to a spreadsheet or a map, and comes in again."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from gangvakt.provision.file_wire import (
    MOST_ROWS,
    Latitude,
    Longitude,
    PoleName,
    Power,
    SignFileIn,
    StateWord,
    Version,
)
from gangvakt.provision.wire_values import SignText

HIGHEST_LINE = 2**31 - 1
SignName = Annotated[
    SignText,
    Field(description="The sign, `municipality/site/sign`.", examples=["drammen/torget/30aea4120001"]),
]


class SignRow(SignFileIn):
    """A sign of an imported file: where it is mounted, what feeds it, where its life stands."""

    sign: SignName
    state: Annotated[StateWord | None, Field(description="A step in its life; null: it stays.")] = None
    line: Annotated[
        int,
        Field(ge=0, le=HIGHEST_LINE, description="Where it stands in the file, for refusals.", examples=[2]),
    ] = 0


class SignRowsIn(BaseModel):
    """Signs of one file, all of them or none."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    rows: Annotated[tuple[SignRow, ...], Field(max_length=MOST_ROWS, description="What stands in the file.")]
    dry_run: Annotated[
        bool, Field(description="Say what would change, and change nothing.", examples=[False])
    ] = False


class SignRowOut(BaseModel):
    """What a list tells of a sign."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    sign: Annotated[
        str,
        Field(description="The sign, `municipality/site/sign`.", examples=["drammen/storgata/30aea4120001"]),
    ]
    state: Annotated[StateWord, Field(description="Where its life stands.")]
    pole: Annotated[PoleName | None, Field(description="Where it is mounted; null: nobody told.")]
    power: Annotated[Power | None, Field(description="What feeds it; null: only its own word is known.")]
    lat_deg: Annotated[Latitude | None, Field(description="WGS84, north, of its pole or crossing.")]
    lon_deg: Annotated[Longitude | None, Field(description="WGS84, east, of its pole or crossing.")]
    board: Annotated[str | None, Field(description="The kind of board.", examples=["esp32-devkitc"])]
    firmware: Annotated[str | None, Field(description="What it runs, by its own word.", examples=["0.1.0"])]
    registered_ms: Annotated[int | None, Field(description="When it passed its self-test, UTC ms.")]
    certificate_ends_ms: Annotated[int | None, Field(description="When its certificate ends, UTC ms.")]
    is_shadow: Annotated[
        bool | None, Field(description="Its lamps stay dark while it decides; null: it has not said.")
    ]
    version: Version


class SignRowsOut(BaseModel):
    """Signs that a file changed, or would."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    items: Annotated[tuple[SignRowOut, ...], Field(description="As they are now, or would be.")]

"""What commands and the controller tell each other about orders to signs, with its bounds."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from gangvakt.provision.site_config import MOST_FIELDS

VERB_PATTERN = r"^[a-z][a-z0-9_-]{0,31}$"


class _In(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _Out(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", from_attributes=True)


class CommandIn(_In):
    verb: Annotated[str, Field(pattern=VERB_PATTERN)] = Field(
        description="What the sign shall do.", examples=["ping"]
    )
    args: Any = Field(default=None, description="What the verb wants, see the wire contract.")


class AnswerOut(_Out):
    """`ok` is false where the sign refused: then `field`, `value` and `allowed` say why."""

    ok: bool = Field(description="False where the sign refused.", examples=[True])
    answer: Any = Field(default=None, description="What the sign says.", examples=["pong"])
    field: str | None = Field(default=None, description="What was refused.", examples=["pattern"])
    value: Any = Field(default=None, description="The value that was refused.", examples=["blue"])
    allowed: str | None = Field(
        default=None, description="What would have been allowed.", examples=["alternating, together"]
    )


class ConfigIn(_In):
    """Changes to the sign's own values; null: what its templates say, else the default."""

    values: Annotated[dict[str, Any], Field(max_length=MOST_FIELDS)] = Field(
        description="Values to change, by field; null: what the sign's templates say, else its default.",
        examples=[{"hold_min_ms": 8000}],
    )


class FieldErrorOut(_Out):
    field: str | None = Field(description="The field that was refused.", examples=["hold_min_ms"])
    value: str | None = Field(description="Its value.", examples=["-3"])
    why: str | None = Field(description="What is allowed.", examples=["5000..30000"])


class ConfigOut(_Out):
    """`state`: in force, sent, waits, trial, refused, rolled_back; None when nothing was ever wanted."""

    sign: str = Field(
        description="The sign, `municipality/site/sign`.", examples=["drammen/storgata/30aea4120001"]
    )
    state: str | None = Field(
        description="in force, sent, waits, trial, refused or rolled_back; null: nothing was ever wanted.",
        examples=["in force"],
    )
    wanted_version: int | None = Field(description="The version that it shall run with.", examples=[4])
    wanted: dict[str, Any] = Field(
        description="The values that were wanted, by field.", examples=[{"hold_min_ms": 8000}]
    )
    reported_version: int | None = Field(description="The version that it runs with.", examples=[4])
    reported: dict[str, Any] = Field(
        description="The values that it runs with, by field.", examples=[{"hold_min_ms": 8000}]
    )
    errors: tuple[FieldErrorOut, ...] = Field(description="The fields that the sign refused.")


class RecordingOut(_Out):
    """How the transfer of a recording stands. `state`: asked, coming, whole, kept, broken; `file` is its name
    at the controller once it is kept, `why` says what broke it."""

    number: int = Field(description="Its number at the sign.", examples=[7])
    state: str = Field(description="asked, coming, whole, kept or broken.", examples=["coming"])
    received: int = Field(description="Bytes that have come.", examples=[4096])
    bytes: int | None = Field(description="Bytes of the whole; null before the sign said.", examples=[81920])
    file: str | None = Field(
        description="The file's name at the controller once it is kept.", examples=["7.rec"]
    )
    why: str | None = Field(description="What broke it.", examples=["piece 3 does not fit"])

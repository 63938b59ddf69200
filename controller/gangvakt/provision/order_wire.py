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
    verb: Annotated[str, Field(pattern=VERB_PATTERN)]
    args: Any = None


class AnswerOut(_Out):
    """`ok` is false where the sign refused: then `field`, `value` and `allowed` say why."""

    ok: bool
    answer: Any = None
    field: str | None = None
    value: Any = None
    allowed: str | None = None


class ConfigIn(_In):
    """Values to change; null puts a field back to its default."""

    values: Annotated[dict[str, Any], Field(max_length=MOST_FIELDS)]


class FieldErrorOut(_Out):
    field: str | None
    value: str | None
    why: str | None


class ConfigOut(_Out):
    """`state`: in force, sent, waits, trial, refused, rolled_back; None when nothing was ever wanted."""

    sign: str
    state: str | None
    wanted_version: int | None
    wanted: dict[str, Any]
    reported_version: int | None
    reported: dict[str, Any]
    errors: tuple[FieldErrorOut, ...]


class RecordingOut(_Out):
    """How the transfer of a recording stands. `state`: asked, coming, whole, kept, broken; `file` is its name
    at the controller once it is kept, `why` says what broke it."""

    number: int
    state: str
    received: int
    bytes: int | None
    file: str | None
    why: str | None

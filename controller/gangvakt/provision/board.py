"""Board files: what a board is made of, read from TOML and checked before anything is built for it."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import Field, ValidationError, model_validator

from gangvakt.errors import BoardError
from gangvakt.provision.allowed import allowed_of
from gangvakt.provision.board_parts import (
    PARTITIONS_MAX,
    Analog,
    Flash,
    Head,
    Heap,
    Image,
    Lan,
    Part,
    Partition,
    Pins,
    Ppp,
    RadarPort,
    Tolerances,
)
from gangvakt.provision.chips import CHIPS
from gangvakt.provision.partition_rules import check_partitions
from gangvakt.provision.pin_rules import check_pins

__all__ = ["BOARDS_DIR", "BoardSpec", "Image", "Partition", "Tolerances", "board_ids", "load_board"]

BOARDS_DIR = Path(__file__).resolve().parents[3] / "boards"
BASE = "based_on"  # key of a variant: the board whose tables it takes over where it has none of its own
LONGEST_SHOWN = 60  # characters of a refused value: the line stays readable


class BoardSpec(Part):
    """A checked board file."""

    board: Head
    image: Image
    flash: Flash
    partitions: Annotated[
        tuple[Partition, ...], Field(alias="partition", strict=False, min_length=1, max_length=PARTITIONS_MAX)
    ]
    pins: Pins
    radar: RadarPort
    second: RadarPort | None = None
    analog: Analog = Analog()
    lan: Lan | None = None
    ppp: Ppp | None = None
    tolerances: Tolerances
    heap: Heap

    @property
    def arch(self) -> str:
        """The machine code that the board runs, by mpy-cross's name."""
        return self.board.arch or CHIPS[self.board.chip].arch

    @property
    def radars(self) -> tuple[RadarPort, ...]:
        """By port number."""
        return (self.radar,) if self.second is None else (self.radar, self.second)

    @property
    def capabilities(self) -> frozenset[str]:
        """What a test or a command may ask of the board: what it says itself, and what is wired to it."""
        fitted = {"lamps", "radar", "pir", *self.analog.pins()}
        optional = {
            "second_radar": self.second,
            "thermometer": self.pins.thermometer,
            "lan": self.lan,
            "ppp": self.ppp,
        }
        return (
            self.board.capabilities | fitted | {name for name, part in optional.items() if part is not None}
        )

    def wiring(self) -> dict[str, Any]:
        """What the firmware is told about its wiring: board.json."""
        tables = self.model_dump(
            include={"pins", "radar", "second", "analog", "lan", "ppp"}, exclude_none=True
        )
        return {"board": self.board.id, **tables}

    def partition(self, name: str) -> Partition:
        """The partition of that name; BoardError where the board has none."""
        for part in self.partitions:
            if part.name == name:
                return part
        names = ", ".join(part.name for part in self.partitions)
        raise BoardError(self.board.id, "partition", name, f"one of {names}")

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        check_partitions(self.partitions, self.flash.size)
        check_pins(self)
        return self


def board_ids() -> list[str]:
    """Ids of the boards that the project ships."""
    return sorted(path.stem for path in BOARDS_DIR.glob("*.toml"))


def load_board(board: str | Path) -> BoardSpec:
    """Read a board by its id (a file of boards/) or by a path ending in .toml.

    BoardError names the file, the field, the value found and what is allowed.
    """
    path = _path_of(str(board), BOARDS_DIR)
    try:
        return BoardSpec.model_validate(_tables(path))
    except ValidationError as error:
        raise _refusal(path, error) from error


def _path_of(board: str, folder: Path) -> Path:
    return Path(board) if board.endswith(".toml") else folder / f"{board}.toml"


def _tables(path: Path) -> dict[str, Any]:
    """The file's tables, for a variant on top of those of its base."""
    own = _read(path)
    base = own.pop(BASE, None)
    if base is None:
        return own
    if not isinstance(base, str) or _path_of(base, path.parent) == path:
        raise BoardError(str(path), BASE, base, "the id of another board, or a path ending in .toml")
    under = _read(_path_of(base, path.parent))
    if BASE in under:
        raise BoardError(str(path), BASE, base, f"a board that has no {BASE} itself")
    both = [table.get("board") for table in (under, own)]
    if all(isinstance(head, dict) for head in both):
        own["board"] = {**under["board"], **own["board"]}
    return {**under, **own}


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        known = "a path or one of " + ", ".join(board_ids())
        raise BoardError(str(path), "board", path.stem, known) from None
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BoardError(str(path), "file", str(error), "a readable TOML file in UTF-8") from error


def _refusal(path: Path, error: ValidationError) -> BoardError:
    """The first complaint, as one line."""
    first = error.errors(include_url=False)[0]
    if first["type"] == "rule":
        context = first["ctx"]
        return BoardError(str(path), context["field"], context["value"], context["allowed"])
    field = ".".join(map(str, first["loc"])) or "board"
    value = "(table)" if isinstance(first["input"], dict) else first["input"]
    if isinstance(value, str | list) and len(str(value)) > LONGEST_SHOWN:
        value = str(value)[:LONGEST_SHOWN] + "..."
    return BoardError(str(path), field, value, allowed_of(dict(first)))

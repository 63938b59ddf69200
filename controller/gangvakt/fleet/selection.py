"""Which signs are meant, when something is done to many."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from gangvakt.fleet.config_layers import Group
from gangvakt.fleet.names import SignId
from gangvakt.fleet.signs import SignState


@dataclass(frozen=True)
class Selection:
    """Signs of one municipality that fit all that is given; None is not asked for. `board` is what a sign
    told, `text` is held by its id."""

    municipality: str
    site: str | None = None
    board: str | None = None
    text: str | None = None
    group: Group | None = None

    def fits(self, sign: SignState) -> bool:
        board = board_of(sign)
        return (
            sign.id.municipality == self.municipality
            and self.site in (None, sign.id.site)
            and self.board in (None, board)
            and (self.text is None or self.text in str(sign.id))
            and (self.group is None or self.group.holds(sign.id, board))
        )

    def of(self, signs: Iterable[SignState]) -> tuple[SignId, ...]:
        return tuple(sign.id for sign in signs if self.fits(sign))


def board_of(sign: SignState) -> str | None:
    """The id of its board's file; None before the sign has told."""
    return sign.status.board if sign.status else None

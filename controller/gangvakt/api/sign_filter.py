"""Which signs are wanted of a list."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Annotated

from fastapi import Query

from gangvakt.fleet import SignState
from gangvakt.provision.wire_values import NAME_PATTERN, PRINTABLE

LONGEST_TEXT = 64

Municipality = Annotated[
    str | None,
    Query(pattern=NAME_PATTERN, max_length=32, description="Of one municipality.", examples=["drammen"]),
]
Site = Annotated[
    str | None,
    Query(pattern=NAME_PATTERN, max_length=32, description="Of sites with this name.", examples=["storgata"]),
]
Text = Annotated[
    str | None,
    Query(max_length=LONGEST_TEXT, pattern=PRINTABLE, description="Whose id holds it.", examples=["stor"]),
]


class SignWord(Enum):
    """How a sign is, in a word; the first that fits, from the top."""

    UNHEARD = "unheard"  # nobody knows how it is: it said nothing since the controller knows it
    OFFLINE = "offline"
    FAULTY = "faulty"
    WARNING = "warning"
    SHADOW = "shadow"  # it decides and logs, but its lamps stay dark
    READY = "ready"


State = Annotated[SignWord | None, Query(description="How they are, in a word.", examples=["faulty"])]


def word_of(state: SignState) -> SignWord:
    if state.status is None:
        return SignWord.UNHEARD
    if not state.online:
        return SignWord.OFFLINE
    if state.status.faults:
        return SignWord.FAULTY
    if state.status.lamps.on:
        return SignWord.WARNING
    return SignWord.SHADOW if state.status.is_shadow else SignWord.READY


@dataclass(frozen=True)
class SignFilter:
    """What is None is not asked for."""

    municipality: str | None = None
    site: str | None = None
    state: SignWord | None = None
    text: str | None = None

    def fits(self, sign: SignState) -> bool:
        return (
            self.municipality in (None, sign.id.municipality)
            and self.site in (None, sign.id.site)
            and (self.state is None or self.state is word_of(sign))
            and (not self.text or self.text.lower() in str(sign.id))
        )


EVERY_SIGN = SignFilter()

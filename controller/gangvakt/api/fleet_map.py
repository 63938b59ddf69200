"""The whole fleet as GeoJSON (RFC 7946), in one answer that is small and made fast."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Literal, NamedTuple

from pydantic import BaseModel, Field

from gangvakt.api.sign_filter import SignWord, word_of
from gangvakt.fleet import SignId, SignState, SiteId

Position = tuple[float, float]
"""Longitude and latitude in degrees, WGS 84."""
Positions = Callable[[SiteId], Position | None]
WORDS = {word: word.value for word in SignWord}


class GeometryOut(BaseModel):
    """A point of GeoJSON."""

    type: Literal["Point"] = Field(description="Always `Point`.")
    coordinates: Position = Field(
        description="Longitude and latitude, WGS 84.", examples=[[10.2045, 59.7441]]
    )


class MarkOut(BaseModel):
    """What a map says of a sign."""

    state: SignWord = Field(description="How it is, in a word.", examples=["ready"])
    faults: int = Field(description="How many faults it finds with itself.", examples=[0])
    last_seen_ms: int | None = Field(
        description="When it was heard last, UTC ms since 1970.", examples=[1800000000000]
    )


class FeatureOut(BaseModel):
    """A feature of GeoJSON: one sign."""

    type: Literal["Feature"] = Field(description="Always `Feature`.")
    id: str = Field(description="The sign.", examples=["drammen/storgata/30aea4120001"])
    geometry: GeometryOut | None = Field(description="Where its site is; null: nobody told.")
    properties: MarkOut = Field(description="What the map says of it.")


class MapOut(BaseModel):
    """A collection of features of GeoJSON."""

    type: Literal["FeatureCollection"] = Field(description="Always `FeatureCollection`.")
    features: list[FeatureOut] = Field(description="One for each sign, ordered by their ids.")


class _Mark(NamedTuple):
    """One sign as it is written: `head` never changes, `tail` with every state of it."""

    state: SignState
    site: SiteId
    place: str  # municipality/site: found faster than a SiteId
    head: str
    tail: str


class FleetMap:
    """Writes maps; what did not change of a sign since the last one is not written again."""

    def __init__(self, positions: Positions) -> None:
        self._positions = positions
        self._marks: dict[SignId, _Mark] = {}

    def of(self, signs: Iterable[SignState]) -> bytes:
        """A `MapOut` as JSON, written without the model, since nothing in it has to be checked."""
        places: dict[str, str] = {}
        features: list[str] = []
        for sign in signs:
            mark = self._marks.get(sign.id)
            if mark is None or mark.state is not sign:
                mark = self._marks[sign.id] = _written(sign, mark)
            geometry = places.get(mark.place)
            if geometry is None:
                geometry = places[mark.place] = _geometry(self._positions(mark.site))
            features += (mark.head, geometry, mark.tail)
        listed = "".join(features).removesuffix(",")
        return f'{{"type":"FeatureCollection","features":[{listed}]}}'.encode()


def _written(sign: SignState, before: _Mark | None) -> _Mark:
    """Names hold nothing that JSON would have to escape: see fleet.names."""
    seen = "null" if sign.last_seen_ms is None else sign.last_seen_ms
    tail = (
        f',"properties":{{"state":"{WORDS[word_of(sign)]}","faults":{len(sign.faults)},'
        f'"last_seen_ms":{seen}}}}},'
    )
    if before is not None:
        return before._replace(state=sign, tail=tail)
    site = sign.id.site_id
    return _Mark(sign, site, str(site), f'{{"type":"Feature","id":"{sign.id}","geometry":', tail)


def _geometry(position: Position | None) -> str:
    if position is None:
        return "null"
    return json.dumps({"type": "Point", "coordinates": position}, separators=(",", ":"))

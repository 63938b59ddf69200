"""The whole fleet as GeoJSON (RFC 7946), in one answer that is small and made fast."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Literal

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


class FleetMap:
    """Writes maps; what never changes of a sign is written once."""

    def __init__(self, positions: Positions) -> None:
        self._positions = positions
        self._heads: dict[SignId, tuple[SiteId, str]] = {}

    def of(self, signs: Iterable[SignState]) -> bytes:
        """A `MapOut` as JSON, written without the model, since nothing in it has to be checked."""
        places: dict[SiteId, str] = {}
        features = []
        for sign in signs:
            site, head = self._heads.get(sign.id) or self._head(sign.id)
            if site not in places:
                places[site] = _geometry(self._positions(site))
            seen = "null" if sign.last_seen_ms is None else sign.last_seen_ms
            features.append(
                f'{head}{places[site]},"properties":{{"state":"{WORDS[word_of(sign)]}",'
                f'"faults":{len(sign.faults)},"last_seen_ms":{seen}}}}}'
            )
        return f'{{"type":"FeatureCollection","features":[{",".join(features)}]}}'.encode()

    def _head(self, sign: SignId) -> tuple[SiteId, str]:
        """Names hold nothing that JSON would have to escape: see fleet.names."""
        made = sign.site_id, f'{{"type":"Feature","id":"{sign}","geometry":'
        self._heads[sign] = made
        return made


def _geometry(position: Position | None) -> str:
    if position is None:
        return "null"
    return json.dumps({"type": "Point", "coordinates": position}, separators=(",", ":"))

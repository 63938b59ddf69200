"""Signs as CSV and GeoJSON. What a sign says itself goes out and is passed over when it comes in again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from gangvakt.provision.day_minutes import clock_of, minute_of
from gangvakt.provision.exchange import (
    checked_rows,
    properties_of,
    read_csv,
    read_geojson,
    write_csv,
    write_geojson,
)
from gangvakt.provision.sign_rows import SignRow, SignRowOut

POWER = ("feed", "feeder", "lit_from_utc", "lit_until_utc")
COLUMNS = ("sign", "state", "pole", *POWER)
# The sign's own word and the registry's: nobody types them.
TOLD = ("board", "firmware", "registered", "certificate_ends", "shadow")


def to_csv(signs: Sequence[SignRowOut]) -> str:
    """A line a sign."""
    return write_csv((*COLUMNS, *TOLD), map(_cells, signs))


def from_csv(data: bytes, source: str) -> tuple[SignRow, ...]:
    """See Reader; the columns of TOLD can be missing, and whatever stands in them is not read."""
    return checked_rows(read_csv(data, source, COLUMNS, may_have=TOLD), source, _row, "sign")


def to_geojson(signs: Sequence[SignRowOut]) -> str:
    """A feature a sign, where its pole is, or else its crossing."""
    return write_geojson(map(_feature, signs))


def from_geojson(data: bytes, source: str) -> tuple[SignRow, ...]:
    """See Reader; where a sign is, its pole says, so that no geometry is read."""
    raw = read_geojson(data, source)
    return checked_rows(raw, source, lambda line, told: _row(line, properties_of(told)), "sign")


def _row(line: int, told: Mapping[str, Any]) -> SignRow:
    values = {name: value for name, value in told.items() if name not in TOLD and value not in ("", None)}
    power = {name: values.pop(name) for name in POWER if name in values}
    for name, minute in (("lit_from_utc", "lit_from_min"), ("lit_until_utc", "lit_until_min")):
        if name in power:
            power[minute] = minute_of(str(power.pop(name)), name)
    return SignRow.model_validate({**values, "line": line} | ({"power": power} if power else {}))


def _cells(sign: SignRowOut) -> dict[str, object]:
    power = sign.power
    from_min, until_min = (power.lit_from_min, power.lit_until_min) if power else (None, None)
    return {
        "sign": sign.sign,
        "state": sign.state,
        "pole": sign.pole,
        "feed": power.feed if power else None,
        "feeder": power.feeder if power else None,
        "lit_from_utc": None if from_min is None else clock_of(from_min),
        "lit_until_utc": None if until_min is None else clock_of(until_min),
        "board": sign.board,
        "firmware": sign.firmware,
        "registered": _iso(sign.registered_ms),
        "certificate_ends": _iso(sign.certificate_ends_ms),
        "shadow": sign.is_shadow,
    }


def _feature(sign: SignRowOut) -> tuple[Sequence[float] | None, dict[str, object]]:
    if sign.lat_deg is None or sign.lon_deg is None:
        return None, _cells(sign)
    return (sign.lon_deg, sign.lat_deg), _cells(sign)


def _iso(time_ms: int | None) -> str | None:
    if time_ms is None:
        return None
    return f"{datetime.fromtimestamp(time_ms / 1000, UTC):%Y-%m-%dT%H:%M:%SZ}"

"""What the page of a street may order: somebody who walks, runs or stops, and a fault of a sign."""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal, get_args

from gangvakt_sim.errors import OrderRefusal
from gangvakt_sim.faults.catalogue import BY_NAME
from gangvakt_sim.faults.schedule import Fault

LARGEST = 512
LONGEST_FAULT_S = 120  # a street that is looked at, not a soak
IDENT = re.compile(r"[0-9a-f]{1,16}")
Deed = Literal["walk", "run", "stop", "go", "fault", "mend"]
DEEDS: tuple[Deed, ...] = get_args(Deed)
# Those of a sign and its sensors. Its broker is the controller's own: nothing lies between that could fail.
FAULTS = (
    *("ap-gone", "feeder-off", "brown-out", "radar-silent", "radar-garbled", "radar-stuck"),
    *("pir-stuck", "button-stuck", "stuck-task"),
)
assert set(FAULTS) <= set(BY_NAME)


@dataclass(frozen=True)
class StreetOrder:
    """`sign` and `fault` of a fault only; `sign` of what is to be mended."""

    ident: str
    deed: Deed
    sign: str | None = None
    fault: Fault | None = None


def read_order(data: bytes, signs: Collection[str]) -> StreetOrder:
    """OrderRefusal for anything else; it has the order's `ident` where there is one."""
    if len(data) > LARGEST:
        raise OrderRefusal("", "order", f"{len(data)} bytes", f"..{LARGEST} bytes")
    try:
        told = json.loads(data)
    except (ValueError, RecursionError):
        told = None
    if not isinstance(told, dict) or told.get("v") != 1:
        raise OrderRefusal("", "order", str(data[:40]), "a JSON object of version 1")
    ident = told.get("id")
    if not isinstance(ident, str) or not IDENT.fullmatch(ident):
        raise OrderRefusal("", "id", str(ident)[:40], "1 to 16 of 0-9, a-f")
    deed = next((one for one in DEEDS if one == told.get("order")), None)
    if deed is None:
        raise OrderRefusal(ident, "order", str(told.get("order"))[:40], ", ".join(DEEDS))
    if deed not in ("fault", "mend"):
        return StreetOrder(ident, deed)
    sign = told.get("sign")
    if not isinstance(sign, str) or sign not in signs:
        raise OrderRefusal(ident, "sign", str(sign)[:40], ", ".join(sorted(signs)))
    return StreetOrder(ident, deed, sign, _fault(ident, told) if deed == "fault" else None)


def _fault(ident: str, told: dict[str, object]) -> Fault:
    name, for_s = told.get("fault"), told.get("for_s")
    if not isinstance(name, str) or name not in FAULTS:
        raise OrderRefusal(ident, "fault", str(name)[:40], ", ".join(FAULTS))
    is_number = isinstance(for_s, int) and not isinstance(for_s, bool)
    if not is_number or not 1 <= int(str(for_s)) <= LONGEST_FAULT_S:
        raise OrderRefusal(ident, "for_s", str(for_s)[:40], f"1..{LONGEST_FAULT_S} s")
    return Fault(0.0, name, min(float(str(for_s)), BY_NAME[name].longest_s))

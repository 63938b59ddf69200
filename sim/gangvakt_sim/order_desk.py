"""Takes orders from the broker's thread, and obeys them in the street's own steps."""

from __future__ import annotations

import queue
from collections.abc import Mapping

from gangvakt_sim.errors import OrderRefusal
from gangvakt_sim.street_faults import AfflictedSign
from gangvakt_sim.street_orders import StreetOrder, read_order
from gangvakt_sim.world.guests import MOST, Guests

MOST_WAITING = 16  # of more at once in a tenth of a second nobody is a person at a page
Told = dict[str, object]


class OrderDesk:
    """`put` from any thread, `obey` once a step."""

    def __init__(self) -> None:
        self._waiting: queue.Queue[bytes] = queue.Queue(MOST_WAITING)
        self._last: Told | None = None

    def put(self, data: bytes) -> None:
        """An order as it came; dropped where too many wait."""
        try:
            self._waiting.put_nowait(data)
        except queue.Full:
            return

    def obey(self, t_s: float, guests: Guests, signs: Mapping[str, AfflictedSign]) -> Told | None:
        """All that wait; what became of the newest that there ever was."""
        while not self._waiting.empty():
            self._last = _obeyed(self._waiting.get_nowait(), t_s, guests, signs)
        return self._last


def _obeyed(data: bytes, t_s: float, guests: Guests, signs: Mapping[str, AfflictedSign]) -> Told:
    try:
        order = read_order(data, signs.keys())
        _obey(order, t_s, guests, signs)
    except OrderRefusal as refused:
        refusal = {"field": refused.field, "value": str(refused.value)[:80], "allowed": refused.allowed[:200]}
        return {"id": refused.ident, "ok": False, **refusal}
    return {"id": order.ident, "ok": True}


def _obey(order: StreetOrder, t_s: float, guests: Guests, signs: Mapping[str, AfflictedSign]) -> None:
    if order.deed in ("walk", "run"):
        if guests.count >= MOST:
            raise OrderRefusal(order.ident, "people", guests.count, f"at most {MOST} who were sent")
        guests.send(t_s, running=order.deed == "run")
    elif order.deed in ("stop", "go"):
        if not guests.count:
            raise OrderRefusal(order.ident, "people", 0, "somebody who was sent: walk or run first")
        (guests.stop if order.deed == "stop" else guests.go)(t_s)
    elif order.sign is not None:
        sign = signs[order.sign]
        if order.fault is None:
            sign.mend()
        else:
            sign.cause(order.fault)

"""Which alarms a page shows: chosen by people, kept in the address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

from gangvakt.fleet.alarm_states import OPEN, State
from gangvakt.store.alarms import AlarmFilter, Order

LONGEST_SEARCH = 64
ANY, ME, NOBODY = "", "me", "none"
PRIORITIES: Mapping[str, int | None] = {ANY: None, "1": 1, "2": 2, "3": 3}
STATES: Mapping[str, frozenset[State]] = {
    "open": OPEN,
    "new": frozenset({State.ACTIVE, State.FLAPPING}),
    "taken": frozenset({State.ACKNOWLEDGED}),
    "suspended": frozenset({State.SUSPENDED, State.RESTING}),
    "cleared": frozenset({State.CLEARED}),
}
OWNERS = (ANY, ME, NOBODY)


@dataclass(frozen=True)
class Wanted:
    """The choices by their names in the address; each is one of those that its field allows."""

    priority: str = ANY
    state: str = "open"
    owner: str = ANY
    search: str = ""
    order: str = Order.URGENT.value
    ignored: tuple[tuple[str, str], ...] = field(default=(), compare=False)

    @classmethod
    def of(cls, query: Mapping[str, object]) -> Wanted:
        """From an address or a form; what is not allowed is left out, and named in `ignored`."""
        taken: dict[str, str] = {}
        ignored: list[tuple[str, str]] = []
        for name in ALLOWED:
            value = query.get(name)
            if value is None:
                continue
            text = value.strip() if isinstance(value, str) else repr(value)
            if isinstance(value, str) and _fits(name, text):
                taken[name] = text
            else:
                ignored.append((name, text[:80]))
        return cls(**taken, ignored=tuple(ignored))

    @property
    def query(self) -> str:
        """As in the address, without what is as always."""
        usual = Wanted()
        chosen = {name: getattr(self, name) for name in ALLOWED}
        return urlencode({name: value for name, value in chosen.items() if value != getattr(usual, name)})

    def filter(self, user: str, seen: frozenset[str | None]) -> AlarmFilter:
        """For `user`, who sees the alarms of these municipalities."""
        states = tuple(sorted(STATES[self.state], key=lambda state: state.value))
        owner = {ANY: None, ME: user, NOBODY: ""}[self.owner]
        return AlarmFilter(
            states, PRIORITIES[self.priority], owner=owner, municipalities=seen, search=self.search or None
        )


ALLOWED: Mapping[str, tuple[str, ...] | None] = {
    "priority": tuple(PRIORITIES),
    "state": tuple(STATES),
    "owner": OWNERS,
    "search": None,
    "order": tuple(order.value for order in Order),
}


def _fits(name: str, text: str) -> bool:
    allowed = ALLOWED[name]
    if allowed is not None:
        return text in allowed
    return len(text) <= LONGEST_SEARCH and text.isprintable()

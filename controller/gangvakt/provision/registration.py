"""What a board's place in the registry can be, and what may follow what."""

from __future__ import annotations

from enum import Enum

PENDING_LIFE_MS = 3_600_000  # flashing takes two minutes, a lunch in between an hour


class RegistrationState(Enum):
    """`pending` may connect for its self-test, `registered` always; the others never again."""

    PENDING = "pending"
    REGISTERED = "registered"
    REVOKED = "revoked"
    REPLACED = "replaced"

    def may_become(self, other: RegistrationState) -> bool:
        return other in TRANSITIONS[self]


TRANSITIONS: dict[RegistrationState, frozenset[RegistrationState]] = {
    RegistrationState.PENDING: frozenset({RegistrationState.REGISTERED, RegistrationState.REVOKED}),
    RegistrationState.REGISTERED: frozenset({RegistrationState.REVOKED, RegistrationState.REPLACED}),
    RegistrationState.REVOKED: frozenset(),
    RegistrationState.REPLACED: frozenset(),
}

LIVE = frozenset({RegistrationState.PENDING, RegistrationState.REGISTERED})


def sources_of(state: RegistrationState) -> tuple[RegistrationState, ...]:
    """From where a registration may come to `state`."""
    return tuple(source for source in RegistrationState if source.may_become(state))

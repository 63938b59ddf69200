"""Errors of the registry, and of whoever asks a controller for it."""

from __future__ import annotations

from collections.abc import Sequence

from gangvakt.clock import day
from gangvakt.errors.base import GangvaktError, RowRefusal


class RegistryError(GangvaktError):
    """The registry of sites and signs says no; nothing was changed."""


class Missing(RegistryError):
    """There is no `kind` called `name`."""

    def __init__(self, kind: str, name: str, remedy: str = "") -> None:
        super().__init__(f"there is no {kind} {name}" + (f": {remedy}" if remedy else ""))
        self.kind, self.name = kind, name


class SiteExists(RegistryError):
    """The `site` is there already."""

    def __init__(self, site: str) -> None:
        super().__init__(f"the site {site} is there already: change it with `gangvakt site set {site}`")
        self.site = site


class RelayExists(RegistryError):
    """There is a relay called `name` already."""

    def __init__(self, name: str) -> None:
        super().__init__(f"the relay {name} is there already: change it with `gangvakt relay set {name}`")
        self.name = name


class SignExists(RegistryError):
    """The board `mac` is the registered sign `sign` since the UTC time `since`; `replacing` it should have
    taken another sign's place.
    """

    def __init__(self, mac: str, sign: str, since: str, *, replacing: bool = False) -> None:
        advice = "--again gives it a new identity"
        if replacing:
            advice = f"take another board, or revoke that sign first with `gangvakt sign revoke {sign}`"
        super().__init__(f"the board {mac} is registered as {sign} since {since}: {advice}")
        self.mac, self.sign, self.since = mac, sign, since


class NotPending(RegistryError):
    """`sign` is not waiting to be confirmed with this certificate, because of `why`."""

    def __init__(self, sign: str, why: str) -> None:
        super().__init__(f"{sign} cannot be registered, {why}: flash the board again")
        self.sign, self.why = sign, why


class Outdated(RegistryError):
    """`what` is at version `held`, not at the `expected` one that whoever changes it has read: `who` changed
    it at UTC ms `at_ms`, where that is known.
    """

    def __init__(
        self, what: str, expected: int, held: int, who: str | None = None, at_ms: int | None = None
    ) -> None:
        changed = f"{who or 'somebody'} changed it" + (f" at {day(at_ms)}" if at_ms is not None else "")
        super().__init__(f"{what}: version is {expected}; allowed: {held}, {changed}: read it again")
        self.what, self.expected, self.held, self.who, self.at_ms = what, expected, held, who, at_ms


class LifeRefused(RegistryError):
    """`sign` is in `state`, which `step` may not follow."""

    def __init__(self, sign: str, state: str, step: str, allowed: str) -> None:
        super().__init__(f"{sign}: state is {step!r}; allowed after {state}: {allowed}")
        self.sign, self.state, self.step, self.allowed = sign, state, step, allowed


class BundleSpent(RegistryError):
    """Nothing more is signed by `bundle`, because of `why`."""

    def __init__(self, bundle: str, why: str) -> None:
        super().__init__(f"bundle {bundle} signs no more, {why}: make another with `gangvakt bundle make`")
        self.bundle, self.why = bundle, why


class ControllerFailed(GangvaktError):
    """The controller at `url` did not do what it was asked for; `may_be_done` when its answer is missing.

    `rows` are those of a file that it refuses.
    """

    def __init__(
        self, url: str, text: str, *, may_be_done: bool = False, rows: Sequence[RowRefusal] = ()
    ) -> None:
        super().__init__(text)
        self.url, self.may_be_done, self.rows = url, may_be_done, tuple(rows)

    @classmethod
    def unreachable(cls, url: str, why: str, *, a_bundle_would_do: bool) -> ControllerFailed:
        advice = "check the network, or use --bundle" if a_bundle_would_do else "check the network"
        return cls(url, f"cannot reach the controller at {url} ({why}): {advice}", may_be_done=True)


class LoggedOut(ControllerFailed):
    """Nobody is logged in at the controller, or no longer."""

    def __init__(self, url: str) -> None:
        super().__init__(url, f"not logged in at {url}: run `gangvakt login {url}`")


class NobodySigns(GangvaktError):
    """Neither a controller, nor a data folder, nor a bundle was named."""

    def __init__(self) -> None:
        super().__init__("nobody to ask: run `gangvakt login URL`, or name --data FOLDER or --bundle FILE")

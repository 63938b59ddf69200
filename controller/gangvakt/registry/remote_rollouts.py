"""Rollouts behind the API of a controller."""

from __future__ import annotations

from typing import TypeVar

from pydantic import BaseModel

from gangvakt.provision.pages import Page
from gangvakt.provision.rollout_wire import (
    ArtifactOut,
    RolloutDetailOut,
    RolloutIn,
    RolloutMoveOut,
    RolloutOut,
)
from gangvakt.provision.wire import checked
from gangvakt.registry.asking import Asking, path_of

SOURCE = "answer of the controller"

M = TypeVar("M", bound=BaseModel)


class ApiRollouts:
    """Each question is one request of `asking`."""

    def __init__(self, asking: Asking) -> None:
        self._asking = asking

    def upload(self, content: bytes) -> ArtifactOut:
        """An update file; the one that is there already where it was uploaded before."""
        return checked(ArtifactOut, SOURCE, self._asking("POST", "/artifacts", content))

    def artifacts(self, limit: int) -> Page[ArtifactOut]:
        """The newest."""
        return self._ask(Page[ArtifactOut], "GET", f"/artifacts?limit={limit}")

    def add(self, new: RolloutIn) -> RolloutDetailOut:
        return self._ask(RolloutDetailOut, "POST", "/rollouts", new)

    def page(self, limit: int) -> Page[RolloutOut]:
        """The newest."""
        return self._ask(Page[RolloutOut], "GET", f"/rollouts?limit={limit}")

    def one(self, number: int) -> RolloutDetailOut:
        return self._ask(RolloutDetailOut, "GET", path_of("rollouts", str(number)))

    def history(self, number: int, limit: int) -> Page[RolloutMoveOut]:
        """The newest moves."""
        return self._ask(Page[RolloutMoveOut], "GET", f"/rollouts/{number}/history?limit={limit}")

    def step(self, number: int, step: str, told: BaseModel) -> RolloutOut:
        """One of start, pause, resume, abort, roll-back."""
        return self._ask(RolloutOut, "POST", path_of("rollouts", str(number), step), told)

    def _ask(self, answer: type[M], method: str, path: str, body: BaseModel | None = None) -> M:
        return checked(answer, SOURCE, self._asking(method, path, body))

"""What takes two people, behind the API of a controller."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from pydantic import BaseModel

from gangvakt.provision.audit_wire import AskIn, FinishIn, PairOut, TakeIn
from gangvakt.provision.pages import Page
from gangvakt.registry.asking import Asking


class ApiApprovals:
    """Each question is one request of `asking`; ControllerFailed when it is refused."""

    def __init__(self, asking: Asking) -> None:
        self._asking = asking

    def page(self, states: tuple[str, ...], limit: int) -> tuple[PairOut, ...]:
        query = urlencode([("state", state) for state in states] + [("limit", str(limit))])
        told = self._asking("GET", f"/approvals?{query}")
        return Page[PairOut].model_validate_json(told).items

    def one(self, number: int) -> PairOut:
        return PairOut.model_validate_json(self._asking("GET", f"/approvals/{number}"))

    def ask(self, kind: str, subject: str, data: Mapping[str, Any]) -> PairOut:
        body = AskIn(kind=kind, subject=subject, data=dict(data))
        return PairOut.model_validate_json(self._asking("POST", "/approvals", body))

    def approve(self, number: int) -> PairOut:
        return self._step(number, "approve")

    def refuse(self, number: int) -> PairOut:
        return self._step(number, "refuse")

    def take(self, number: int, kind: str, subject: str) -> PairOut:
        return self._step(number, "take", TakeIn(kind=kind, subject=subject))

    def finish(self, number: int, result: Mapping[str, Any], *, ok: bool) -> PairOut:
        return self._step(number, "finish", FinishIn(ok=ok, result=dict(result)))

    def _step(self, number: int, step: str, body: BaseModel | None = None) -> PairOut:
        return PairOut.model_validate_json(self._asking("POST", f"/approvals/{number}/{step}", body))

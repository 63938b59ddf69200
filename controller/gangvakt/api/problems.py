"""Errors as problem details (RFC 9457), naming field, value and what is allowed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from gangvakt.errors import (
    AlarmError,
    AlarmMissing,
    AuditError,
    FactorMissing,
    FactorSet,
    GangvaktError,
    ImportRefused,
    LastUser,
    LoginLocked,
    LoginRefused,
    Missing,
    Outdated,
    ProviderFailed,
    ProviderMissing,
    Refusal,
    RegistryError,
    RightMissing,
    RolloutError,
    RolloutMissing,
    SignAway,
    SignMute,
    SteeringError,
    StoreError,
    TokenMissing,
    TooManyReports,
    TooManyTokens,
    UnknownUser,
    UserExists,
)
from gangvakt.provision.allowed import allowed_of
from gangvakt.tracing import request_id

MOST_ERRORS = 500  # rows of a file that are named
MEDIA_TYPE = "application/problem+json"
SECRET_FIELDS = frozenset({"password", "new_password", "wifi", "psk", "secret", "code", "client_secret"})


def problem(
    status: HTTPStatus,
    detail: str,
    errors: Sequence[Mapping[str, object]] = (),
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    """The answer for one error."""
    body = {
        "type": "about:blank",
        "title": status.phrase,
        "status": status,
        "detail": detail,
        "errors": list(errors),
        "request_id": request_id.get(),
    }
    return JSONResponse(body, status, dict(headers or {}), media_type=MEDIA_TYPE)


def install(app: FastAPI) -> None:
    """Every error of the API leaves as a problem."""
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(GangvaktError, _ours)
    app.add_exception_handler(HTTPException, _http)


async def _invalid(request: Request, error: Exception) -> JSONResponse:
    errors = error.errors() if isinstance(error, RequestValidationError) else []
    listed = [_validation(one) for one in errors]
    fields = ", ".join(str(one["field"]) for one in listed)
    return problem(HTTPStatus.UNPROCESSABLE_ENTITY, f"refused: {fields}", listed)


def _validation(error: Mapping[str, Any]) -> dict[str, object]:
    place = [str(part) for part in error["loc"] if part not in ("body", "query", "path")]
    field = ".".join(place) or "body"
    value = None if SECRET_FIELDS & set(place) or not place else _short(error.get("input"))
    return {"field": field, "value": value, "allowed": allowed_of(error)}


def _short(value: object) -> object:
    return value if isinstance(value, int | float | bool | None) else str(value)[:80]


async def _ours(request: Request, error: Exception) -> JSONResponse:
    match error:
        case LoginLocked(retry_after_s=wait_s):
            return problem(HTTPStatus.TOO_MANY_REQUESTS, str(error), headers={"Retry-After": str(wait_s)})
        case TooManyReports():
            return problem(HTTPStatus.TOO_MANY_REQUESTS, str(error))
        case LoginRefused():
            return problem(HTTPStatus.UNAUTHORIZED, str(error))
        case ImportRefused(rows=rows):
            listed = [{**vars(row), "value": _short(row.value)} for row in rows[:MOST_ERRORS]]
            return problem(HTTPStatus.UNPROCESSABLE_ENTITY, str(error), listed)
        case Refusal(field=field, value=value, allowed=allowed):
            listed = [{"field": field, "value": _short(value), "allowed": allowed}]
            return problem(HTTPStatus.UNPROCESSABLE_ENTITY, str(error), listed)
        case Missing() | AlarmMissing() | RolloutMissing():
            return problem(HTTPStatus.NOT_FOUND, str(error))
        case Outdated():
            return problem(HTTPStatus.PRECONDITION_FAILED, str(error))
        case RegistryError() | AlarmError() | AuditError() | RolloutError() | SteeringError():
            return problem(HTTPStatus.CONFLICT, str(error))
        case SignAway():
            return problem(HTTPStatus.CONFLICT, str(error))
        case SignMute():
            return problem(HTTPStatus.GATEWAY_TIMEOUT, str(error))
        case RightMissing():
            return problem(HTTPStatus.FORBIDDEN, str(error))
        case UnknownUser() | TokenMissing() | ProviderMissing():
            return problem(HTTPStatus.NOT_FOUND, str(error))
        case UserExists() | LastUser() | FactorSet() | FactorMissing() | TooManyTokens():
            return problem(HTTPStatus.CONFLICT, str(error))
        case ProviderFailed():
            return problem(HTTPStatus.BAD_GATEWAY, str(error))
        case StoreError():
            return problem(HTTPStatus.SERVICE_UNAVAILABLE, "the database refuses; see the controller's log")
        case _:
            return problem(HTTPStatus.BAD_REQUEST, str(error))


def failed() -> JSONResponse:
    """Where the controller is at fault."""
    detail = "the controller failed; its log says more of this request"
    return problem(HTTPStatus.INTERNAL_SERVER_ERROR, detail)


async def _http(request: Request, error: Exception) -> JSONResponse:
    status = error.status_code if isinstance(error, HTTPException) else 500
    detail = str(error.detail) if isinstance(error, HTTPException) else ""
    headers = error.headers if isinstance(error, HTTPException) else None
    return problem(HTTPStatus(status), detail, headers=headers)

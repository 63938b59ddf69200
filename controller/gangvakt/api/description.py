"""The OpenAPI document: what FastAPI finds out by itself, and which errors each route answers with."""

from __future__ import annotations

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute
from pydantic import BaseModel, Field

from gangvakt.api.guard import OPEN_PATHS
from gangvakt.api.problems import MEDIA_TYPE

TITLE = "Gangvakt"
SUMMARY = "What a fleet of pedestrian-warning signs says, and what it is told."
TEXT = """\
Log in with `POST /api/v1/login` and send the token as `Authorization: Bearer TOKEN`; browsers use the cookie.
Times are UTC ms since 1970. A sign is `municipality/site/sign`.

Lists come in pages: `{"items": [...], "next": ...}`; give `next` as `after` until it is null. Lists that are
asked for again and again carry an `ETag`: with `If-None-Match` what did not change is answered by 304.

Errors are problem details (RFC 9457): `detail` is one line, `errors` name field, value and what is allowed,
`request_id` is what the controller's log calls the request.
"""
TAGS = [
    {"name": "signs", "description": "Signs as they are now."},
    {"name": "events", "description": "What signs said happened, live and stored."},
    {"name": "counts", "description": "Hourly and daily sums, which outlive the events."},
    {"name": "alarms", "description": "What is wrong, and what staff do about it."},
    {"name": "public", "description": "What is open to everybody, and what everybody tells."},
    {"name": "orders", "description": "What signs are told: commands and configurations."},
    {"name": "rollouts", "description": "Updates that are brought to many signs, carefully."},
    {"name": "steering", "description": "Configurations and commands for many signs."},
    {"name": "recordings", "description": "Flight recordings of signs."},
    {"name": "relays", "description": "Who is told: programs by webhooks, people by e-mail, SMS and ntfy."},
    {"name": "exports", "description": "What is known of one case, sealed for others."},
    {
        "name": "registry",
        "description": "Municipalities, crossings, signs and what staff know of them; enrolment.",
    },
    {"name": "certificates", "description": "When certificates end."},
    {"name": "audit", "description": "What people did, in a chain that only grows."},
    {"name": "approvals", "description": "What takes two people."},
    {"name": "staff", "description": "Logging in and out."},
    {"name": "account", "description": "One's own second factor, sessions and tokens."},
    {"name": "people", "description": "Staff, and what they may do where."},
    {"name": "health", "description": "Whether the controller does its work; open to everybody."},
]
# A name in a path means the same in every route.
PATH_PARAMETERS = {
    "municipality": ("The municipality.", "drammen"),
    "site": ("The site's name within its municipality.", "storgata"),
    "sign": ("The sign's name within its site: its board's MAC address.", "30aea4120001"),
    "bundle": ("The id of the bundle.", "0123abcd"),
}
BEARER, COOKIE = "token", "cookie"
SECURITY_SCHEMES = {
    BEARER: {"type": "http", "scheme": "bearer", "description": "`token` of the answer to a log-in."},
    COOKIE: {"type": "apiKey", "in": "cookie", "name": "gangvakt_session", "description": "For browsers."},
}


class FieldProblem(BaseModel):
    """One value that was refused."""

    field: str = Field(description="Where it stands.", examples=["limit"])
    value: Any = Field(description="What it is; null where it is secret.", examples=["0"])
    allowed: str = Field(description="What would be taken.", examples=["1..1000"])


class Problem(BaseModel):
    """An error, as RFC 9457 has it."""

    type: str = Field(description="Always `about:blank`: `status` says it all.", examples=["about:blank"])
    title: str = Field(description="The status in words.", examples=["Not Found"])
    status: int = Field(description="The HTTP status.", examples=[404])
    detail: str = Field(
        description="What is wrong and what to do, in a line.", examples=["there is no sign a/b/c"]
    )
    errors: list[FieldProblem] = Field(description="The values that were refused.")
    request_id: str = Field(description="What the log calls the request.", examples=["5f2c9a17d3e8b604"])


def operation_id(route: APIRoute) -> str:
    """The name of the function that answers."""
    return route.name


def describe(app: FastAPI) -> dict[str, Any]:
    """The document, made at the first call."""
    if app.openapi_schema is None:
        document = get_openapi(
            title=TITLE,
            version=app.version,
            summary=SUMMARY,
            description=TEXT,
            routes=app.routes,
            tags=TAGS,
        )
        _complete(document)
        app.openapi_schema = document
    return app.openapi_schema


def _complete(document: dict[str, Any]) -> None:
    components = document.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    for unused in ("HTTPValidationError", "ValidationError"):  # FastAPI's own form of a refusal
        schemas.pop(unused, None)
    problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas |= problem.pop("$defs", {}) | {"Problem": problem}
    components["securitySchemes"] = SECURITY_SCHEMES
    for path, method, operation in _operations(document):
        if path not in OPEN_PATHS:
            operation["security"] = [{BEARER: []}, {COOKIE: []}]
        for parameter in operation.get("parameters", []):
            if parameter["in"] == "path" and parameter["name"] in PATH_PARAMETERS:
                parameter["description"], parameter["example"] = PATH_PARAMETERS[parameter["name"]]
        answers = operation["responses"]
        for status in _errors(path, method, operation):
            if "content" not in answers.get(status, {}) or status == "422":
                answers[status] = _answer(HTTPStatus(int(status)))


def _operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def _errors(path: str, method: str, operation: dict[str, Any]) -> Iterator[str]:
    """Every status with which the route may refuse."""
    told = operation["responses"]
    yield from (status for status in told if status.isdigit() and int(status) >= 400)
    if path not in OPEN_PATHS:
        yield from ("401", "403", "429", "503")
    if operation.get("parameters") or "requestBody" in operation:
        yield "422"
    if "{" in path:
        yield from ("404", "409")
    if any(one["name"].lower() == "if-match" for one in operation.get("parameters", [])):
        yield from ("412", "428")
    if "requestBody" in operation:
        yield from ("400", "404", "409", "413", "503")
    if method == "post" and operation["tags"] == ["staff"]:
        yield from ("401", "429")
    if method != "get" and operation["tags"][0] in ("orders", "recordings"):
        yield "504"


def _answer(status: HTTPStatus) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": f"{status.phrase}.", "content": {MEDIA_TYPE: {"schema": schema}}}

"""The OpenAPI document says everything, and the API does what it says."""

from __future__ import annotations

import asyncio
import copy
import os
from collections.abc import Iterator
from typing import Any

import httpx
import jsonschema
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    status_code_conformance,
)

from gangvakt.fleet import SignId

from .apis import API, Office, an_office
from .office import a_site
from .support import NORTH

FUZZ = int(os.environ.get("GANGVAKT_FUZZ", "0"))
EXAMPLES = 1  # of each operation in `make test`
PHASES = (Phase.explicit, Phase.generate)  # a request that fails is shown as it was sent


@pytest.fixture(scope="module")
def loop() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as runner:
        yield runner


@pytest.fixture(scope="module")
def office(loop: asyncio.Runner, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """With a site, a sign and some events, so that the answers are not all empty."""
    context = an_office(tmp_path_factory.mktemp("office"))
    office = loop.run(context.__aenter__())

    async def fill() -> None:
        await office.services.registry.sites.add(a_site())
        office.hear(NORTH, SignId("oslo", "torget", "west"))
        await office.happen(NORTH, 5)

    loop.run(fill())
    yield office
    loop.run(context.__aexit__(None, None, None))


@pytest.fixture(scope="module")
def document(office: Office) -> dict[str, Any]:
    return office.app.openapi()


def operations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


def test_every_field_and_parameter_is_described(document: dict[str, Any]) -> None:
    silent = [
        f"{name}.{field}"
        for name, schema in document["components"]["schemas"].items()
        for field, value in schema.get("properties", {}).items()
        if not value.get("description")
    ]
    silent += [
        f"{where}: {parameter['name']}"
        for where, operation in operations(document)
        for parameter in operation.get("parameters", [])
        if not parameter.get("description")
    ]
    assert silent == []


def test_every_plain_field_has_an_example(document: dict[str, Any]) -> None:
    bare = [
        f"{name}.{field}"
        for name, schema in document["components"]["schemas"].items()
        for field, value in schema.get("properties", {}).items()
        if value.get("type") in ("string", "integer", "number", "boolean")
        and not value.keys() & {"examples", "const", "enum"}
    ]
    assert bare == []


def test_every_operation_has_a_tag_an_id_of_its_own_and_a_sentence(document: dict[str, Any]) -> None:
    told = dict(operations(document))
    assert [where for where, one in told.items() if not (one.get("tags") and one.get("description"))] == []
    ids = [one["operationId"] for one in told.values()]
    assert len(set(ids)) == len(ids) >= 30
    known = {tag["name"] for tag in document["tags"]}
    assert {tag for one in told.values() for tag in one["tags"]} <= known


def test_every_error_is_declared_as_a_problem(document: dict[str, Any]) -> None:
    other = [
        f"{where} {status}"
        for where, operation in operations(document)
        for status, answer in operation["responses"].items()
        if int(status) >= 400 and list(answer["content"]) != ["application/problem+json"]
    ]
    assert [one for one in other if "/health" not in one and "/readyz" not in one] == []


# Without an end; it has tests of its own.
SKIPPED = f"{API}/live"
CHECKS = (
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
)


def ask_everything(office: Office, loop: asyncio.Runner, examples: int) -> set[int]:
    """Sends what Schemathesis makes of the document, good and bad; the statuses that came back."""
    document = office.app.openapi()
    # A copy, for it rewrites tuples in it: answers are held against the document itself.
    schema = schemathesis.openapi.from_dict(copy.deepcopy(document))
    seen: set[int] = set()

    def ask(case: Any) -> None:
        call = case.as_transport_kwargs(base_url="http://test")
        call.pop("cookies", None)
        if isinstance(call.get("data"), bytes):
            call["content"] = call.pop("data")
        call["headers"] = dict(call["headers"]) | {"Authorization": office.client.headers["Authorization"]}
        reply = loop.run(send(office, call))
        seen.add(reply.status_code)
        case.validate_response(reply, checks=list(CHECKS))
        check_body(document, case, reply)

    for result in schema.get_all_operations():
        operation = result.ok()
        if operation.path == SKIPPED or operation.path in (f"{API}/logout", f"{API}/password"):
            continue  # the last two end the session that asks
        for mode in (schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE):
            run(operation, mode, ask, examples)
    return seen


def check_body(document: dict[str, Any], case: Any, reply: httpx.Response) -> None:
    answers = document["paths"][case.operation.path][case.method.lower()]["responses"]
    kind = reply.headers.get("content-type", "").partition(";")[0]
    if reply.content and kind.endswith("json"):
        schema = answers[str(reply.status_code)]["content"][kind]["schema"]
        jsonschema.validate(reply.json(), {**schema, "components": document["components"]})


async def send(office: Office, call: dict[str, Any]) -> httpx.Response:
    reply = await office.client.request(**call)
    await reply.aread()
    return reply


def run(operation: Any, mode: Any, ask: Any, examples: int) -> None:
    strategy = operation.as_strategy(generation_mode=mode)
    quiet = [HealthCheck.filter_too_much, HealthCheck.too_slow, HealthCheck.data_too_large]
    bounded = settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=examples
        == EXAMPLES,  # `make test` finds the same for everybody; others are `make soak`'s
        phases=PHASES,
        suppress_health_check=quiet,
    )
    try:
        bounded(given(strategy)(lambda case: ask(case)))()
    except Unsatisfiable:  # nothing can be wrong about a request without parameters
        return


def test_what_the_document_allows_and_what_it_forbids_is_answered_as_it_says(
    office: Office, loop: asyncio.Runner
) -> None:
    seen = ask_everything(office, loop, EXAMPLES)
    assert {200, 404, 422} <= seen


@pytest.mark.soak
@pytest.mark.timeout(7200)
def test_many_more_requests_are_answered_as_the_document_says(office: Office, loop: asyncio.Runner) -> None:
    ask_everything(office, loop, max(20, min(FUZZ // 100, 2000)))

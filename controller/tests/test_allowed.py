"""What is refused in a document says what is allowed in one wording, whatever document it is."""

from __future__ import annotations

import importlib
import json
import pkgutil
import re
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

import gangvakt.api
import gangvakt.provision
import gangvakt.relay
from gangvakt.errors import GangvaktError
from gangvakt.provision.allowed import PATTERNS, WORDS, allowed_of

BAD: tuple[Any, ...] = (
    *(None, True, -1, 10**30, 1.5, float("nan"), "", "\x00", "-", "x" * 5000, "2027-02-30"),
    *([], [1], [None] * 600, {}, {"a": 1}, {"": {}}, [{"a": []}], {str(n): n for n in range(600)}),
)
PYDANTICS = re.compile(r"[Ii]nput should|[Ss]hould (have|match|be)|[Ff]ield required|Value error")


def models() -> Iterator[type[BaseModel]]:
    for package in (gangvakt.provision, gangvakt.api, gangvakt.relay):
        for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
            importlib.import_module(module.name)
    waiting = [BaseModel]
    while waiting:
        found = [one for one in waiting.pop().__subclasses__() if one.__module__.startswith("gangvakt.")]
        waiting += found
        yield from found


# What comes in: what goes out is made by us, and takes what it does not know.
MODELS = {
    f"{one.__module__.rpartition('.')[2]}.{one.__name__}": one
    for one in models()
    if one.model_config.get("extra") == "forbid"
}


def refusals(model: type[BaseModel]) -> Iterator[dict[str, Any]]:
    """Of one bad value at a time, as JSON has it and as a command line gives it."""
    for document in (*BAD, *({name: bad} for name in model.model_fields for bad in BAD)):
        for read in (model.model_validate, lambda told: model.model_validate_json(json.dumps(told))):
            try:
                read(document)
            except ValidationError as error:
                yield from map(dict, error.errors(include_url=False)[:3])
            except GangvaktError:
                pass  # in our words already


@pytest.mark.parametrize("name", sorted(MODELS))
def test_every_refusal_of_every_document_is_in_our_words(name: str) -> None:
    for error in refusals(MODELS[name]):
        if error["type"] == "rule":
            continue  # of a board's file: it brings its own
        assert error["type"] in WORDS, f"{error['type']} of {error['loc']}: {error['msg']}"
        said = allowed_of(error)
        assert not PYDANTICS.search(said), f"{error['loc']}: {said}"
        assert "^" not in said, f"{error['loc']}: a pattern is shown: {said}"


@pytest.mark.parametrize("name", sorted(MODELS))
def test_every_pattern_of_a_document_has_its_words(name: str) -> None:
    text = json.dumps(MODELS[name].model_json_schema(mode="validation"))
    patterns = {json.loads(f'"{one}"') for one in re.findall(r'"pattern": "((?:[^"\\]|\\.)*)"', text)}
    assert patterns - PATTERNS.keys() == set()


def test_there_are_documents_to_test() -> None:
    assert len(MODELS) > 50

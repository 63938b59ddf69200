"""What a refusal by a model of values means to a person: the field, the value, and all that is allowed."""

from __future__ import annotations

import types
from collections.abc import Iterable, Sequence
from typing import Annotated, Any, Union, get_args, get_origin

from annotated_types import Ge, Gt, Le, Lt
from pydantic import BaseModel, ValidationError

RANGE = {"greater_than", "greater_than_equal", "less_than", "less_than_equal", "finite_number"}
PLAIN = {
    "missing": "a value: the field is required",
    "extra_forbidden": "a field that there is",
}


class Misfit(ValueError):
    """Raised by a model's own check: which field (below the model) has which value, and what is allowed."""

    def __init__(self, field: str, value: object, allowed: str) -> None:
        super().__init__(f"{field} is {value}; allowed: {allowed}")
        self.field, self.value, self.allowed = field, value, allowed


def first_refusal(model: type[BaseModel], error: ValidationError) -> tuple[str, object, str]:
    """(field, value, allowed) of the first thing that a model refused."""
    first = error.errors(include_url=False)[0]
    place, value = _fields(first["loc"]), first["input"]
    misfit = first.get("ctx", {}).get("error")
    if isinstance(misfit, Misfit):
        return ".".join(map(str, (*place, misfit.field))), misfit.value, misfit.allowed
    allowed = first["msg"].removeprefix("Value error, ").removeprefix("Input should be ")
    if first["type"] in RANGE:
        allowed = _range_of(model, place) or allowed
    allowed = PLAIN.get(first["type"], allowed)
    shown = "nothing" if first["type"] == "missing" else "a table" if isinstance(value, dict) else value
    return ".".join(map(str, place)) or "site", shown, allowed


def _fields(place: Sequence[int | str]) -> list[int | str]:
    """A place without the names of types, between which a model had a choice."""
    return [step for step in place if isinstance(step, int) or (step.islower() and "[" not in step)]


def _range_of(model: type[BaseModel], place: Sequence[int | str]) -> str:
    """The bounds of the number at a place in a model, as words."""
    kind: Any = model
    bounds: list[object] = []
    for step in place:
        kind, bounds = _below(kind, step)
    words = []
    for bound in bounds:
        if isinstance(bound, Gt):
            words.append(f"more than {bound.gt}")
        elif isinstance(bound, Ge):
            words.append(f"at least {bound.ge}")
        elif isinstance(bound, Lt):
            words.append(f"less than {bound.lt}")
        elif isinstance(bound, Le):
            words.append(f"at most {bound.le}")
    return ", ".join(words)


def _below(kind: Any, step: int | str) -> tuple[Any, list[object]]:
    """Type and constraints one step further down; nothing is known below what is not understood."""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        for name, field in kind.model_fields.items():
            if step in (name, field.alias):
                inner, bounds = _bare(field.annotation)
                return inner, [*_flat(field.metadata), *bounds]
        return None, []
    items = get_args(kind)
    if get_origin(kind) is tuple and items and isinstance(step, int):
        return _bare(items[0] if items[-1] is ... else items[min(step, len(items) - 1)])
    return None, []


def _bare(kind: Any) -> tuple[Any, list[object]]:
    """A type without `None` and without its constraints, and these."""
    if get_origin(kind) is Annotated:
        inner, *metadata = get_args(kind)
        bare, bounds = _bare(inner)
        return bare, [*_flat(metadata), *bounds]
    if get_origin(kind) in (Union, types.UnionType):
        others = [each for each in get_args(kind) if each is not types.NoneType]
        return _bare(others[0])
    return kind, []


def _flat(metadata: Iterable[object]) -> list[object]:
    """Constraints, also those that a Field carries."""
    found: list[object] = []
    for item in metadata:
        inner = getattr(item, "metadata", None)
        found += _flat(inner) if isinstance(inner, list) else [item]
    return found

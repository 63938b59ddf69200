"""A list that is told in pages, as the controller and its commands know it."""

from __future__ import annotations

from typing import Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field

T = TypeVar("T")


class Page(BaseModel, Generic[T]):
    """One page. Whoever wants the next asks again, with `next` as `after`."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    items: tuple[T, ...] = Field(description="What the page holds, in the list's order.")
    next: str | None = Field(
        description="`after` of the next page; null: this is the last.", examples=["MW4xMDB0vm-Z"]
    )

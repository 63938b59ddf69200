"""A small writer of SVG."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from xml.sax.saxutils import escape, quoteattr

Point = tuple[float, float]


class Svg:
    """Collects elements; attributes are given as keywords, `_` for `-`, numbers rounded to 0.01."""

    def __init__(self, width: float, height: float) -> None:
        self.width, self.height = width, height
        self._parts: list[str] = []

    def add(self, tag: str, **attributes: str | float) -> None:
        """One empty element."""
        self._element(tag, None, attributes)

    def _element(self, tag: str, text: str | None, attributes: Mapping[str, str | float]) -> None:
        shown = "".join(f" {key.replace('_', '-')}={quoteattr(_value(v))}" for key, v in attributes.items())
        self._parts.append(f"<{tag}{shown}/>" if text is None else f"<{tag}{shown}>{escape(text)}</{tag}>")

    @contextmanager
    def window(self, left: float, top: float, width: float, height: float) -> Iterator[None]:
        """What is drawn within is cut off at a rectangle; coordinates stay the picture's."""
        box = " ".join(map(_value, (left, top, width, height)))
        place = f'x="{_value(left)}" y="{_value(top)}" width="{_value(width)}" height="{_value(height)}"'
        self._parts.append(f'<svg {place} viewBox="{box}">')
        yield
        self._parts.append("</svg>")

    def polygon(self, points: Sequence[Point], **attributes: str | float) -> None:
        """A filled outline."""
        self.add("polygon", points=_points(points), **attributes)

    def polyline(self, points: Sequence[Point], **attributes: str | float) -> None:
        """An open line."""
        self.add("polyline", points=_points(points), fill="none", **attributes)

    def circle(self, at: Point, radius: float, **attributes: str | float) -> None:
        """A disc."""
        self.add("circle", cx=at[0], cy=at[1], r=radius, **attributes)

    def line(self, a: Point, b: Point, **attributes: str | float) -> None:
        """A straight line."""
        self.add("line", x1=a[0], y1=a[1], x2=b[0], y2=b[1], **attributes)

    def label(self, at: Point, text: str, **attributes: str | float) -> None:
        """Text, its baseline beginning at a place unless `text_anchor` says otherwise."""
        self._element("text", text, {"x": at[0], "y": at[1], **attributes})

    def text(self) -> str:
        """The whole file."""
        size = f'width="{_value(self.width)}" height="{_value(self.height)}"'
        box = f'viewBox="0 0 {_value(self.width)} {_value(self.height)}"'
        head = (
            f'<svg xmlns="http://www.w3.org/2000/svg" {size} {box} font-family="sans-serif" font-size="13">'
        )
        return "\n".join([head, *self._parts, "</svg>"]) + "\n"


def _points(points: Sequence[Point]) -> str:
    return " ".join(f"{_value(x)},{_value(y)}" for x, y in points)


def _value(value: str | float) -> str:
    return value if isinstance(value, str) else f"{round(value, 2):g}"

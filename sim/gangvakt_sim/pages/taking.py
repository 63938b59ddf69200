"""Pictures of pages: each in both languages, on a desk and on a phone, and in dark colours."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page
from playwright.sync_api import Error as BrowserError

from gangvakt.api.auth import SESSION_COOKIE
from gangvakt_sim.errors import SimError
from gangvakt_sim.pages.places import Place, Who
from gangvakt_sim.pages.serving import Served

READY_MS = 20_000
SETTLED_MS = 1200  # the first live values have come, and what fades has faded
COLOURS = 256  # a page has few; the files are a third as large
WIDE, PHONE = (1440, 900), (390, 844)


class PictureMissed(SimError):
    """A page that could not be taken: which, where, and why."""

    def __init__(self, place: Place, variant: str, why: str) -> None:
        self.place = place.name
        first = why.strip().splitlines()[0] if why.strip() else "no reason was given"
        super().__init__(f"{place.name}-{variant}: {place.path}: {first[:300]}")


@dataclass(frozen=True)
class Variant:
    """How somebody looks: `dark` is taken of the same page as well, by a computer that is set so."""

    name: str
    language: str
    size: tuple[int, int]
    dark: str = ""


VARIANTS = (
    Variant("wide", "en-GB", WIDE, dark="dark"),
    Variant("wide-nb", "nb-NO", WIDE),
    Variant("phone", "en-GB", PHONE),
    Variant("phone-nb", "nb-NO", PHONE, dark="phone-dark"),
)


@dataclass
class Camera:
    """Tabs that stay open for all places: one for each variant and each one who looks."""

    browser: Browser
    served: Served
    numbers: Mapping[str, object]
    _stack: ExitStack = field(default_factory=ExitStack)
    _tabs: dict[tuple[str, Who], Page] = field(default_factory=dict)
    _complaints: list[str] = field(default_factory=list)

    def close(self) -> None:
        self._stack.close()

    def take(self, place: Place, variant: Variant) -> Iterator[tuple[str, Image.Image, Image.Image]]:
        """Each picture's name after the place's, what is seen at first, and the whole page. PictureMissed."""
        try:
            page = self._open(place, variant)
            yield variant.name, *_shots(page)
            if variant.dark:
                page.emulate_media(color_scheme="dark")
                page.wait_for_timeout(SETTLED_MS / 4)
                yield variant.dark, *_shots(page)
                page.emulate_media(color_scheme="light")
        except BrowserError as error:
            raise PictureMissed(place, variant.name, error.message) from None
        if self._complaints:
            raise PictureMissed(place, variant.name, f"the browser complains: {self._complaints[0]}")

    def _open(self, place: Place, variant: Variant) -> Page:
        page = self._tab(variant, place.who)
        self._complaints.clear()
        answer = page.goto(self.served.address + place.path.format(**self.numbers))
        if answer is None or answer.status != place.status:
            raise PictureMissed(place, variant.name, f"HTTP {answer and answer.status}, not {place.status}")
        page.locator(place.ready).first.wait_for()
        place.first(page)
        page.mouse.move(0, 0)
        page.wait_for_timeout(SETTLED_MS)
        if place.is_refused:
            self._complaints.clear()  # that of the browser about the status
        return page

    def _tab(self, variant: Variant, who: Who) -> Page:
        key = (variant.name, who)
        if key not in self._tabs:
            context = self._context(variant)
            if who in self.served.tokens:
                token = self.served.tokens[who]
                context.add_cookies([{"name": SESSION_COOKIE, "value": token, "url": self.served.address}])
            self._tabs[key] = context.new_page()
        return self._tabs[key]

    def _context(self, variant: Variant) -> BrowserContext:
        width, height = variant.size
        context = self.browser.new_context(
            viewport={"width": width, "height": height},
            locale=variant.language,
            timezone_id="Europe/Oslo",
            color_scheme="light",
            has_touch=variant.size == PHONE,
            is_mobile=variant.size == PHONE,
        )
        self._stack.callback(context.close)
        context.set_default_timeout(READY_MS)
        context.on("console", lambda said: self._hear(said.type, said.text))
        context.on("weberror", lambda said: self._complaints.append(str(said.error)))
        return context

    def _hear(self, kind: str, text: str) -> None:
        if kind == "error":
            self._complaints.append(text)


def _shots(page: Page) -> tuple[Image.Image, Image.Image]:
    return _image(page.screenshot()), _image(page.screenshot(full_page=True))


def _image(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data)).convert("RGB")


def save(image: Image.Image, path: Path) -> None:
    """With few colours, and small."""
    image.quantize(COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)

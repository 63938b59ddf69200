"""`python -m gangvakt_sim.pages.pictures [NAME ...]`: the pictures of the user's guide, of a made-up town."""

from __future__ import annotations

import argparse
import io
import json
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page
from rich.console import Console

from gangvakt.api.auth import SESSION_COOKIE
from gangvakt_sim.bench.context import REPOSITORY, free_ports, wait_until
from gangvakt_sim.browser import open_browser
from gangvakt_sim.children import child, ends_on_signals
from gangvakt_sim.errors import SimError
from gangvakt_sim.say import Say

FOLDER = REPOSITORY / "controller" / "docs" / "pictures"
START_S = 120.0
SETTLED_MS = 2500  # the first live values have come
COLOURS = 128  # a page has few; the files are a third as large
WIDE, PHONE = (1440, 900), (390, 844)


def _nothing(page: Page) -> None:
    """It is shown as it opens."""


@dataclass(frozen=True)
class Picture:
    """One file: which page as whom; `first` is done before it is taken."""

    name: str
    path: str
    language: str = "en-GB"
    scheme: str = "light"
    size: tuple[int, int] = WIDE
    whole: bool = False  # all of the page, not only what is seen at first
    first: Callable[[Page], None] = _nothing


def _menu(page: Page) -> None:
    page.locator(".menu-button").click()


def _live(page: Page) -> None:
    """What the signs see, as soon as somebody is warned for."""
    page.locator(".live-pole .stepping_out").wait_for()
    page.locator("section", has=page.locator(".live-poles")).scroll_into_view_if_needed()


PICTURES = (
    Picture("overview", "/"),
    Picture("overview-nb", "/", "nb-NO"),
    Picture("overview-dark", "/", scheme="dark"),
    Picture("overview-phone", "/", "nb-NO", size=PHONE),
    Picture("menu-phone", "/", "nb-NO", size=PHONE, first=_menu),
    Picture("overview-alarms", "/?show=alarm"),
    Picture("events", "/live"),
    Picture("alarms", "/alarms"),
    Picture("alarms-phone", "/alarms", "nb-NO", size=PHONE),
    Picture("alarm", "/alarms/1"),
    Picture("crossing", "/crossing/drammen/storgata", whole=True),
    Picture("crossing-phone", "/crossing/drammen/storgata", "nb-NO", size=PHONE),
    Picture("crossing-live", "/crossing/drammen/engene", first=_live),
    Picture("planning", "/planning"),
    Picture("planning-sheet", "/planning/drammen/storgata"),
    Picture("rollouts", "/rollouts"),
    Picture("configuration", "/config"),
    Picture("commands", "/commands"),
    Picture("people", "/people"),
    Picture("audit", "/audit"),
    Picture("settings", "/settings"),
    Picture("account", "/account"),
    Picture("job-phone", "/job", "nb-NO", size=PHONE),
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Takes them anew; 1 where one could not be taken."""
    parser = argparse.ArgumentParser(prog="python -m gangvakt_sim.pages.pictures", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="some of them; all otherwise")
    parser.add_argument("--out", type=Path, default=FOLDER, help="folder for the files")
    options = parser.parse_args(arguments)
    say = Say(Console(stderr=True))
    wanted = [one for one in PICTURES if not options.names or one.name in options.names]
    options.out.mkdir(parents=True, exist_ok=True)
    try:
        with ends_on_signals(), town() as (address, token), open_browser() as browser:
            for picture in wanted:
                _take(browser, address, token, picture, options.out / f"{picture.name}.png")
                say.step(picture.name)
    except SimError as error:
        say.line(f"[red]{error}[/]")
        return 1
    return 0


@contextmanager
def town() -> Iterator[tuple[str, str]]:
    """Address and token of a controller with the town's signs."""
    with house(0, 0) as (address, token, _):
        yield address, token


@contextmanager
def house(signs: int, rate: int) -> Iterator[tuple[str, str, int]]:
    """Address, token and process id of a controller with so many signs, which change at that rate."""
    with tempfile.TemporaryDirectory() as folder:
        (port,) = free_ports(1)
        data, log = Path(folder) / "data", Path(folder) / "house.log"
        argv = (sys.executable, "-m", "gangvakt_sim.pages.house", str(data), str(port), str(signs), str(rate))
        with child(argv, log) as process:

            def announced() -> bool:
                if process.poll() is not None:
                    raise SimError(f"the controller of the pictures ended: {log.read_text()[-500:]}")
                return '{"token"' in log.read_text()

            wait_until(announced, START_S, "the controller of the pictures", poll_s=0.1)
            line = next(line for line in log.read_text().splitlines() if line.startswith('{"token"'))
            yield f"http://127.0.0.1:{port}", json.loads(line)["token"], process.pid


def _take(browser: Browser, address: str, token: str, picture: Picture, out: Path) -> None:
    width, height = picture.size
    context = browser.new_context(
        viewport={"width": width, "height": height},
        locale=picture.language,
        color_scheme="dark" if picture.scheme == "dark" else "light",
        timezone_id="Europe/Oslo",
    )
    try:
        context.add_cookies([{"name": SESSION_COOKIE, "value": token, "url": address}])
        page = context.new_page()
        page.goto(address + picture.path)
        page.locator(".top-bar").wait_for()
        picture.first(page)
        page.wait_for_timeout(SETTLED_MS)
        shot = Image.open(io.BytesIO(page.screenshot(full_page=picture.whole)))
        shot.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(out, optimize=True)
    finally:
        context.close()


if __name__ == "__main__":
    sys.exit(main())

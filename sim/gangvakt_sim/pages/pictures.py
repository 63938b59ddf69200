"""`python -m gangvakt_sim.pages.pictures`: every page of a made-up town, and the user's guide's pictures.

Each page is taken in English and Norwegian, on a desk and on a phone, and in dark colours.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from playwright.sync_api import Browser
from rich.console import Console
from rich.markup import escape

from gangvakt_sim.bench.context import REPOSITORY
from gangvakt_sim.browser import open_browser
from gangvakt_sim.children import ends_on_signals
from gangvakt_sim.errors import SimError
from gangvakt_sim.pages.places import PLACES, Place, words_of_paths
from gangvakt_sim.pages.serving import STREET, TOWN, house
from gangvakt_sim.pages.taking import VARIANTS, Camera, PictureMissed, save
from gangvakt_sim.say import Say

GUIDE = REPOSITORY / "controller" / "docs" / "pictures"
ALL = REPOSITORY / ".build" / "artefacts" / "pages"
EXAMPLES = """examples:
  make pictures
  python -m gangvakt_sim.pages.pictures --only overview --only alarms
  python -m gangvakt_sim.pages.pictures --list"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Takes them anew; 1 where one could not be taken, 2 for a name that no page has."""
    options = _parser().parse_args(arguments)
    say = Say(Console(stderr=True))
    names = [place.name for place in PLACES]
    if options.list:
        print("\n".join(f"{place.name:24} {place.path}" for place in PLACES))
        return 0
    unknown = [name for name in options.only if name not in names]
    if unknown:
        say.line(f"[red]--only {escape(unknown[0])}: no page has this name; --list shows them[/]")
        return 2
    wanted = [place for place in PLACES if not options.only or place.name in options.only]
    for folder in (options.out, options.guide):
        folder.mkdir(parents=True, exist_ok=True)
    missed: list[PictureMissed] = []
    try:
        with ends_on_signals(), open_browser() as browser:
            for rate in (0, STREET):
                there = [place for place in wanted if place.is_simulated == (rate == STREET)]
                missed += _take_all(browser, there, rate, options, say) if there else []
    except SimError as error:
        say.line(f"[red]{escape(str(error))}[/]")
        return 1
    say.line(f"{options.out}: {len(wanted) - len({one.place for one in missed})} of {len(wanted)} pages")
    for one in missed:
        say.line(f"[red]not taken: {escape(str(one))}[/]")
    return 1 if missed else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m gangvakt_sim.pages.pictures",
        description=__doc__,
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--only", action="append", default=[], metavar="NAME", help="this page; may be repeated"
    )
    parser.add_argument("--list", action="store_true", help="names and paths, and nothing is taken")
    parser.add_argument("--out", type=Path, default=ALL, metavar="FOLDER", help=f"for all pictures ({ALL})")
    parser.add_argument(
        "--guide", type=Path, default=GUIDE, metavar="FOLDER", help=f"for the guide's ({GUIDE})"
    )
    return parser


def _take_all(
    browser: Browser, places: Sequence[Place], rate: int, options: argparse.Namespace, say: Say
) -> list[PictureMissed]:
    """Those that could not be taken; the others lie in their folders."""
    missed = []
    with (
        house(TOWN, rate) as served,
        closing(Camera(browser, served, words_of_paths(served.numbers))) as camera,
    ):
        for number, place in enumerate(places, 1):
            missed += _take(camera, place, options.out, options.guide)
            say.step(f"{number} of {len(places)}  {place.name}")
    return missed


def _take(camera: Camera, place: Place, out: Path, guide: Path) -> list[PictureMissed]:
    missed = []
    for variant in VARIANTS:
        try:
            for name, seen, whole in camera.take(place, variant):
                save(whole, out / f"{place.name}-{name}.png")
                if name in place.guide:
                    shown = place.name if name == "wide" else f"{place.name}-{name}"
                    save(whole if place.whole else seen, guide / f"{shown}.png")
        except PictureMissed as error:
            missed.append(error)
    return missed


if __name__ == "__main__":
    sys.exit(main())

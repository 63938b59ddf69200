"""`gangvakt walk`: what a sign sees and decides while somebody walks, and where its kerb line is."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.live import Live
from rich.prompt import Confirm
from rich.text import Text
from typer.exceptions import Exit

from gangvakt.cli.selftest import Port
from gangvakt.cli.sign_line import open_line
from gangvakt.errors import KerbUnclear, SettingRefused
from gangvakt.provision.kerb import End, KerbLearner, KerbLine, parse_kerb
from gangvakt.provision.service_line import ServiceLine
from gangvakt.provision.walk_view import StreetView, words
from gangvakt.provision.walking import Glimpse, Site, glimpses, read_site

EXAMPLES = (
    "[bold]Examples[/]\n\n"
    "  gangvakt walk\n\n"
    "  gangvakt walk /dev/ttyUSB0 --learn-kerb\n\n"
    "  gangvakt walk COM7 --kerb 0,2,0,-2 --yes\n\n"
    "  gangvakt walk --json --seconds 60 > walk.jsonl"
)
HOW_TO_LEARN = (
    "Face the road. Walk to the RIGHT end of the crossing's kerb line and stay there for some seconds, "
    "shifting your weight (a radar loses who stands still); then walk to the LEFT end and stay there, too."
)
COLUMNS, ROWS = 78, 20
STYLES = {
    "fan": "blue",
    "kerb": "bold white",
    "roadway": "dim",
    "radar": "bold cyan",
    "target": "yellow",
    "track": "bold green",
    "end": "bold magenta",
}
LEARN_S = 180.0
LONGEST_S = 3_600.0


def walk(
    port: Port = None,
    learn_kerb: Annotated[
        bool, typer.Option("--learn-kerb", help="Learn the kerb line from its two ends, walked to.")
    ] = False,
    kerb: Annotated[
        str | None, typer.Option(help="Set it: x1,y1,x2,y2 in metres, the roadway on the right of that way.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Write the kerb line without asking.")] = False,
    seconds: Annotated[
        float | None, typer.Option(min=1, max=LONGEST_S, help="End after so long; else with Ctrl-C.")
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="A line of JSON for each glimpse and finding.")
    ] = False,
) -> None:
    """Watch a sign's radar, tracks and decision live; it goes on warning."""
    if learn_kerb and kerb is not None:
        raise SettingRefused("options", "--kerb", kerb, "not together with --learn-kerb")
    if learn_kerb and as_json and not yes:
        raise SettingRefused("options", "--json", True, "with --learn-kerb only beside --yes")
    line_given = None if kerb is None else _parsed(kerb)
    screen = _Screen(as_json)
    with open_line(port, screen.console) as line:
        line.wait_ready()
        site = read_site(line)
        if line_given is not None:
            _write(line, line_given, screen, yes=yes)
        elif learn_kerb:
            _write(line, _learn(line, site, screen, seconds or LEARN_S), screen, yes=yes)
        else:
            _watch(line, site, screen, seconds)


class _Screen:
    """A live picture on a terminal, lines elsewhere."""

    def __init__(self, as_json: bool) -> None:
        self.as_json = as_json
        self.console = Console(stderr=as_json)
        self._live: Live | None = None
        self._view: StreetView | None = None

    def __enter__(self) -> _Screen:
        if not self.as_json and self.console.is_terminal:
            self._live = Live(console=self.console, auto_refresh=False)
            self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._live is not None:
            self._live.stop()
            self._live = None

    def show(self, glimpse: Glimpse, site: Site, ends: tuple[End, ...] = ()) -> None:
        """One glimpse more."""
        if self.as_json:
            self.tell(glimpse.as_json())
        elif self._live is None:
            typer.echo(words(glimpse))
        else:
            self._view = self._view or StreetView(site, min(COLUMNS, self.console.width - 1), ROWS)
            self._live.update(self._picture(glimpse, tuple(end.place for end in ends)), refresh=True)

    def tell(self, document: dict[str, Any]) -> None:
        """A line of JSON."""
        typer.echo(json.dumps(document))

    def say(self, text: str) -> None:
        """For people."""
        self.console.print(text, soft_wrap=True, markup=False, highlight=False)

    def _picture(self, glimpse: Glimpse, ends: tuple[tuple[float, float], ...]) -> Text:
        assert self._view is not None
        picture = Text()
        for row in self._view.draw(glimpse, ends):
            for cell in row:
                picture.append(cell.char, STYLES.get(cell.kind, ""))
            picture.append("\n")
        picture.append(words(glimpse), "bold red" if glimpse.warns else "")
        return picture


def _watch(line: ServiceLine, site: Site, screen: _Screen, seconds: float | None) -> None:
    if site.kerb is None:
        screen.say("No kerb line is known: the sign warns for whoever nears the radar's axis. --learn-kerb")
    with screen:
        for glimpse in glimpses(line, site, seconds):
            screen.show(glimpse, site)


def _learn(line: ServiceLine, site: Site, screen: _Screen, seconds: float) -> KerbLine:
    screen.say(HOW_TO_LEARN)
    learner = KerbLearner()
    with screen:
        for glimpse in glimpses(line, site, seconds):
            end = learner.feed(glimpse.t_s, glimpse.targets)
            screen.show(glimpse, site, tuple(learner.ends))
            if end is not None:
                _tell_end(screen, learner, end)
            if learner.done:
                return learner.line
    raise KerbUnclear(line.port, f"{len(learner.ends)} of 2 ends seen within {seconds:.0f} s")


def _tell_end(screen: _Screen, learner: KerbLearner, end: End) -> None:
    which = "right" if len(learner.ends) == 1 else "left"
    if screen.as_json:
        found = {"end": which, "place_m": [round(v, 2) for v in end.place]}
        screen.tell({**found, "spread_m": round(end.spread_m, 2), "points": end.points, "good": end.good})
        return
    quality = "well known" if end.good else "roughly known"
    next_step = "Now walk to the LEFT end." if which == "right" else "You may leave."
    screen.say(
        f"The {which} end: {end.x:+.2f}, {end.y:+.2f} m, {quality} "
        f"(half of {end.points} sights within {end.spread_m:.2f} m). {next_step}"
    )


def _write(line: ServiceLine, kerb: KerbLine, screen: _Screen, *, yes: bool) -> None:
    (ax, ay), (bx, by) = kerb.a, kerb.b
    told = f"from {ax:+.2f}, {ay:+.2f} to {bx:+.2f}, {by:+.2f} m, {kerb.length_m:.2f} m long"
    screen.say(f"Kerb line {told}; the roadway is on the right of that way.")
    if not yes and not Confirm.ask("Write it and restart the sign?", console=screen.console):
        raise Exit(1)
    if not yes:
        screen.say("It is written as soon as nobody is in view.")
    line.ask_when_quiet("kerb", kerb.ends_mm())
    line.ask("restart")
    line.wait_ready()
    written = read_site(line).kerb
    if written is None or written.ends_mm() != kerb.ends_mm():
        raise KerbUnclear(line.port, "the sign reads back another one")
    if screen.as_json:
        screen.tell({"kerb_mm": kerb.ends_mm(), "written": True})
    else:
        screen.say("Written; the sign has started again and reads it back.")


def _parsed(text: str) -> KerbLine:
    try:
        return parse_kerb(text)
    except ValueError as error:
        raise SettingRefused("options", "--kerb", text, str(error)) from None

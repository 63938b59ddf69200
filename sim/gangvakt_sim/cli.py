"""The command `gangvakt-sim`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from typer.exceptions import TyperException

from gangvakt.errors import GangvaktError
from gangvakt_sim.errors import SimError

PROGRAM = "gangvakt-sim"
STATE = Path(".run")
FIRMWARE = Path(__file__).resolve().parents[2] / "firmware"
HTTP_PORT, MQTT_PORT = 8080, 8883

app = typer.Typer(
    name=PROGRAM,
    help="A street, its sensors, and virtual boards that run the sign's real firmware.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
)


def _examples(*lines: str) -> str:
    return "[bold]Examples[/]\n\n" + "\n\n".join(f"{PROGRAM} {line}" for line in lines)


# The rooms behind the commands are imported when needed: help and errors of the command line come at once.


@app.command(epilog=_examples("run", "run --seed 7 --http-port 8090 --mqtt-port 8893", "run --no-controller"))
def run(
    seed: Annotated[int, typer.Option(help="The same seed makes the same street.")] = 1,
    signs: Annotated[int, typer.Option(help="How many of the crossing's signs.")] = 2,
    data: Annotated[Path, typer.Option(help="Keeps flash files, keys and the database.")] = STATE,
    http_port: Annotated[int, typer.Option(help="Of the pages.")] = HTTP_PORT,
    mqtt_port: Annotated[int, typer.Option(help="Of the broker.")] = MQTT_PORT,
    no_controller: Annotated[bool, typer.Option("--no-controller", help="Street and signs only.")] = False,
) -> None:
    """Open a street: people, cars, two signs with the real firmware, and the controller with its pages."""
    from gangvakt_sim.run import RunOptions, run_street
    from gangvakt_sim.say import Say

    options = RunOptions(data, seed, signs, http_port, mqtt_port, not no_controller)
    run_street(options, Say(Console()))


@app.command(epilog=_examples("board", "board --state /tmp/bench --firmware firmware"))
def board(
    state: Annotated[Path, typer.Option(help="Keeps the flash file.")] = STATE / "board",
    board: Annotated[str, typer.Option(help="A board's id, or a path to its .toml file.")] = "virtual",
    firmware: Annotated[Path, typer.Option(help="What a new flash file is made from.")] = FIRMWARE,
) -> None:
    """Start one virtual board and print its serial port, for mpremote."""
    from gangvakt_sim.say import Say
    from gangvakt_sim.single import hold_board

    hold_board(board, state, firmware, Say(Console()))


@app.command(
    epilog=_examples(
        "replay tracks.csv.gz --scene aschaffenburg-a --limit 10 --out replay.jsonl",
        "replay tracks.csv.gz --scene aschaffenburg-b --track moving-1008_27",
    )
)
def replay(
    tracks: Annotated[Path, typer.Argument(help="CSV or CSV.GZ with the columns track, kind, t, x, y.")],
    scene: Annotated[str, typer.Option(help="A scene's name, or a path to its .toml file.")],
    track: Annotated[list[str] | None, typer.Option(help="Only this track; may be repeated.")] = None,
    limit: Annotated[int | None, typer.Option(help="At most so many tracks.")] = None,
    out: Annotated[Path | None, typer.Option(help="Append a JSON line for each track.")] = None,
    seed: Annotated[int, typer.Option(help="Of the radar's and the PIR's losses.")] = 1,
    losses: Annotated[Path | None, typer.Option(help="TOML file with the radar's table \\[ld2450].")] = None,
    perfect_radar: Annotated[bool, typer.Option("--perfect-radar", help="Without any losses.")] = False,
) -> None:
    """Play recorded tracks in real time at one sign; print when its lamps were lit, and the lead."""
    from gangvakt_sim.say import Say
    from gangvakt_sim.single import ReplayOptions, replay_tracks

    options = ReplayOptions(tracks, scene, tuple(track or ()), limit, out, seed, losses, perfect_radar)
    replay_tracks(options, Say(Console()))


@app.command()
def scenes() -> None:
    """List the scenes that ship with the simulator."""
    from gangvakt_sim.world.scene import load_scene, scene_names

    table = Table("scene", "title", "signs", "street", box=None, pad_edge=False)
    for name in scene_names():
        scene = load_scene(name)
        signs = ", ".join(sign.id for sign in scene.signs)
        table.add_row(name, scene.title, signs, "generated" if scene.traffic else "for recorded tracks")
    Console().print(table)


def main() -> int:
    """Run the command line; every failure is one line on stderr and an exit code other than 0."""
    try:
        return app(prog_name=PROGRAM, standalone_mode=False) or 0
    except TyperException as error:
        return _fail(error.format_message(), error.exit_code)
    except (SimError, GangvaktError, OSError) as error:
        return _fail(str(error), 1)


def _fail(text: str, code: int) -> int:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if lines:  # none after a call without arguments, which shows the help
        # What a failed board printed may be long: its last line tells what went wrong.
        shown = lines[0] if len(lines) == 1 else f"{lines[0]} {lines[-1]}"
        print(f"{PROGRAM}: {shown}", file=sys.stderr)
    return code

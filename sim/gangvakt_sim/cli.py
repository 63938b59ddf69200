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
from gangvakt_sim.errors import SimError, SimRefusal

PROGRAM = "gangvakt-sim"
STATE = Path(".run")
FIRMWARE = Path(__file__).resolve().parents[2] / "firmware"
HTTP_PORT, MQTT_PORT = 8080, 8883
ANY_PORT = "127.0.0.1:0"

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


@app.command(
    epilog=_examples(
        "board",
        "board --state /tmp/bench --firmware firmware",
        "board --blank --chip esp32s3 --rfc2217 127.0.0.1:4000",
        "board --blank --count 4",
        "board --blank --fault brown-out@70000",
        "board --fault radar-silent@60:30 --fault power-cut-at-write@120:600,n=3",
    )
)
def board(
    state: Annotated[
        Path | None, typer.Option(help="Keeps the flash file.  [default: .run/board or .run/blank]")
    ] = None,
    board: Annotated[str, typer.Option(help="A board's id, or a path to its .toml file.")] = "virtual",
    firmware: Annotated[Path, typer.Option(help="What a new flash file is made from.")] = FIRMWARE,
    blank: Annotated[bool, typer.Option("--blank", help="Erase the flash; the port is RFC 2217.")] = False,
    rfc2217: Annotated[
        str | None, typer.Option(metavar="HOST:PORT", help="The port's address; port 0: any that is free.")
    ] = None,
    chip: Annotated[
        str | None, typer.Option(help="esp32, esp32s3 or esp32c3, in place of the board file's.")
    ] = None,
    count: Annotated[int, typer.Option(help="So many boards, each with its own port and MAC.")] = 1,
    mac: Annotated[str, typer.Option(help="Of the first board.")] = "30aea4120001",
    wifi: Annotated[
        list[str] | None, typer.Option(metavar="SSID:KEY", help="A network in reach; may be repeated.")
    ] = None,
    fault: Annotated[
        list[str] | None,
        typer.Option(
            help="NAME@SECONDS:DURATION, see `gangvakt-sim faults`. With --blank: cable-pulled@BYTES, "
            "worn-block@ADDRESS, noise@SEED, brown-out@BYTES, wrong-chip, port-busy."
        ),
    ] = None,
    paced: Annotated[
        bool, typer.Option("--paced", help="Bytes take on the line the time of the baud rate.")
    ] = False,
) -> None:
    """Start one virtual board and print its serial port, for mpremote; blank ones for esptool."""
    from gangvakt_sim.say import Say

    say = Say(Console())
    if not blank and rfc2217 is None:
        from gangvakt_sim.single import hold_board

        return hold_board(board, state or STATE / "board", firmware, say, tuple(fault or ()))
    from gangvakt_sim.blank import BlankOptions, hold_blank_boards

    networks, faults = tuple(wifi or ()), tuple(fault or ())
    address, folder = rfc2217 or ANY_PORT, state or STATE / "blank"
    options = BlankOptions(board, folder, address, blank, chip, count, mac, networks, faults, paced)
    return hold_blank_boards(options, say)


@app.command(epilog=_examples("image --chip esp32 --out stand-in.bin"))
def image(
    chip: Annotated[str, typer.Option(help="esp32, esp32s3 or esp32c3.")],
    out: Annotated[Path, typer.Option(help="The file to write.")],
) -> None:
    """Write a stand-in for the official MicroPython image, for virtual boards only."""
    from gangvakt_sim.blank import write_stand_in
    from gangvakt_sim.say import Say

    write_stand_in(chip, out, Say(Console()))


@app.command(
    epilog=_examples(
        "replay --site corner-a --tracks tracks.csv.gz --json replay.jsonl",
        "replay --site corner-a --tracks tracks.csv.gz --track moving-912_16 --plot replay.svg",
        "replay --site my-site.toml --frames recorded.jsonl",
        "replay --recording accident.gvfr --site corner-a --plot accident.svg",
    )
)
def replay(
    site: Annotated[str | None, typer.Option(help="A site's name, or a path to its .toml file.")] = None,
    tracks: Annotated[Path | None, typer.Option(help="CSV (.gz): columns track, kind, t, x, y.")] = None,
    frames: Annotated[Path | None, typer.Option(help="JSONL (.gz): sensor bytes, taken as they are.")] = None,
    sign: Annotated[
        str | None, typer.Option(help="Which of the site's signs; the first if left out.")
    ] = None,
    sensor: Annotated[str | None, typer.Option(help="Render tracks for this kind of sensor.")] = None,
    track: Annotated[list[str] | None, typer.Option(help="Only this track; may be repeated.")] = None,
    limit: Annotated[int | None, typer.Option(help="At most so many tracks.")] = None,
    together: Annotated[
        bool, typer.Option("--together/--each", help="All in one world by their times, or each by itself.")
    ] = False,
    seed: Annotated[int, typer.Option(help="Of the sensors' losses.")] = 1,
    losses: Annotated[Path | None, typer.Option(help="TOML file with the radar's table \\[ld2450].")] = None,
    perfect_radar: Annotated[bool, typer.Option("--perfect-radar", help="Without any losses.")] = False,
    json: Annotated[Path | None, typer.Option(help="Write a JSON line for each recording.")] = None,
    plot: Annotated[Path | None, typer.Option(help="Draw the one track or recording as SVG.")] = None,
    firmware: Annotated[Path, typer.Option(help="The sign's sources that decide.")] = FIRMWARE,
    recording: Annotated[
        Path | None, typer.Option(help="A sign's flight recording: decide again, compare bit for bit.")
    ] = None,
) -> None:
    """Let the real decision code decide recorded people in virtual time; say when it warned."""
    if recording is not None:
        _replay_flight(recording, firmware, plot, site, sign)
        return
    if site is None:
        raise typer.BadParameter("a site is needed, or --recording alone", param_hint="--site")
    from gangvakt_sim.offline.command import ReplayOptions
    from gangvakt_sim.offline.command import replay as replay_in_virtual_time
    from gangvakt_sim.say import Say

    options = ReplayOptions(
        site=site,
        sign=sign,
        tracks=tracks,
        frames=frames,
        ids=tuple(track or ()),
        limit=limit,
        sensor=sensor,
        seed=seed,
        together=together,
        losses_file=losses,
        perfect_radar=perfect_radar,
        json=json,
        plot=plot,
        firmware=firmware,
    )
    replay_in_virtual_time(options, Say(Console()))


def _replay_flight(
    recording: Path, firmware: Path, plot: Path | None, site: str | None, sign: str | None
) -> None:
    from gangvakt_sim.offline.flight_command import Drawing, replay_recording
    from gangvakt_sim.say import Say

    if plot is not None and site is None:
        raise SimRefusal("options", "--site", None, "the site that --plot shall draw")
    drawing = Drawing(plot, site, sign) if plot is not None and site is not None else None
    if not replay_recording(recording, firmware, drawing, Say(Console())):
        raise typer.Exit(1)


@app.command(epilog=_examples("evaluate", "evaluate --site corner-b --scenario rain --days 100"))
def evaluate(
    site: Annotated[str, typer.Option(help="A site's name, or a path to its .toml file.")] = "corner-a",
    days: Annotated[float, typer.Option(help="Sign-days with nobody about, over all such scenarios.")] = 14.0,
    people: Annotated[int, typer.Option(help="Arrivals in each scenario with people.")] = 150,
    seed: Annotated[int, typer.Option(help="The same seed makes the same people and weather.")] = 1,
    scenario: Annotated[list[str] | None, typer.Option(help="Only this one; may be repeated.")] = None,
    json: Annotated[Path | None, typer.Option(help="Write all counts as JSON.")] = None,
    firmware: Annotated[Path, typer.Option(help="The sign's sources that decide.")] = FIRMWARE,
) -> None:
    """Measure the decision code on generated people, weather, traffic and faults."""
    from gangvakt_sim.evaluation.command import EvaluateOptions
    from gangvakt_sim.evaluation.command import evaluate as evaluate_in_virtual_time
    from gangvakt_sim.say import Say

    options = EvaluateOptions(site, days, people, seed, tuple(scenario or ()), json, firmware)
    evaluate_in_virtual_time(options, Say(Console()))


@app.command(
    epilog=_examples(
        "walk tracks.csv.gz --site corner-a --limit 10 --out walk.jsonl",
        "walk tracks.csv.gz --site corner-b --track moving-1008_27",
    )
)
def walk(
    tracks: Annotated[Path, typer.Argument(help="CSV or CSV.GZ with the columns track, kind, t, x, y.")],
    site: Annotated[str, typer.Option(help="A site's name, or a path to its .toml file.")],
    track: Annotated[list[str] | None, typer.Option(help="Only this track; may be repeated.")] = None,
    limit: Annotated[int | None, typer.Option(help="At most so many tracks.")] = None,
    out: Annotated[Path | None, typer.Option(help="Append a JSON line for each track.")] = None,
    seed: Annotated[int, typer.Option(help="Of the radar's and the PIR's losses.")] = 1,
    losses: Annotated[Path | None, typer.Option(help="TOML file with the radar's table \\[ld2450].")] = None,
    perfect_radar: Annotated[bool, typer.Option("--perfect-radar", help="Without any losses.")] = False,
) -> None:
    """Play recorded tracks in real time at a virtual board, with all its firmware; print its light."""
    from gangvakt_sim.say import Say
    from gangvakt_sim.single import ReplayOptions, replay_tracks

    options = ReplayOptions(tracks, site, tuple(track or ()), limit, out, seed, losses, perfect_radar)
    replay_tracks(options, Say(Console()))


@app.command(
    epilog=_examples(
        "soak --days 7 --seed 1",
        "soak --days 0.5 --fault broker-down@3600:600 --fault ap-gone@3700:60",
        "soak --days 7 --schedule .run/soak/schedule.toml --seed 1",
        "soak --wall 10",
    )
)
def soak(
    days: Annotated[float, typer.Option(help="Of virtual time.")] = 1.0,
    seed: Annotated[int, typer.Option(help="The same seed makes the same people, faults and losses.")] = 1,
    wall: Annotated[
        float | None, typer.Option(metavar="MINUTES", help="In real time, with a real controller and broker.")
    ] = None,
    faults_per_day: Annotated[
        float | None, typer.Option(help="By chance.  [default: 24; 400 with --wall]", show_default=False)
    ] = None,
    people_per_hour: Annotated[float, typer.Option(help="Who cross.")] = 6.0,
    schedule: Annotated[Path | None, typer.Option(help="TOML file of faults, in place of chance.")] = None,
    fault: Annotated[
        list[str] | None, typer.Option(metavar="NAME@SECONDS:DURATION", help="This one; may be repeated.")
    ] = None,
    state: Annotated[Path, typer.Option(help="Keeps flash, keys, schedule and what was printed.")] = STATE
    / "soak",
) -> None:
    """Let the whole firmware live through people and faults, hundreds of times as fast; say what held."""
    from gangvakt_sim.say import Say
    from gangvakt_sim.soak.command import SoakOptions
    from gangvakt_sim.soak.command import soak as soak_a_sign

    options = SoakOptions(
        days, seed, wall, faults_per_day, people_per_hour, schedule, tuple(fault or ()), state
    )
    soak_a_sign(options, Say(Console(stderr=True)), Console())


@app.command()
def faults() -> None:
    """List the faults that can be caused, by name."""
    from gangvakt_sim.faults.catalogue import KINDS

    table = Table("fault", "what happens", "how it ends", "told", "where", box=None, pad_edge=False)
    for kind in KINDS:
        told = "; ".join(f"{p.name} {p.least}..{p.most} ({p.default}): {p.help}" for p in kind.parameters)
        table.add_row(kind.name, kind.title, kind.undone, told, ", ".join(sorted(kind.where)))
    Console().print(table)


@app.command()
def sites() -> None:
    """List the sites that ship with the simulator."""
    from gangvakt_sim.world.scene import load_scene, scene_names

    table = Table("site", "title", "signs", "street", box=None, pad_edge=False)
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

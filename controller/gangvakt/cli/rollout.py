"""`gangvakt rollout`: an update for many signs, group after group. Through the running controller."""

from __future__ import annotations

import time
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape

from gangvakt.cli.office import AsJson, Yes, show_facts, show_json, show_table, when
from gangvakt.cli.order import controller_office
from gangvakt.cli.rollout_view import ENDED, Board, counted
from gangvakt.errors import SettingRefused, UpdateRefused

if TYPE_CHECKING:
    from pydantic import BaseModel

    from gangvakt.provision.rollout_wire import RolloutDetailOut, RolloutOut
    from gangvakt.registry.remote import ApiOffice

app = typer.Typer(
    help="Updates for many signs: from a canary to all, and back in need.",
    no_args_is_help=True,
    rich_markup_mode="rich",
)

ADD_EXAMPLES = (
    "[bold]Examples[/]\n\n"
    "  gangvakt rollout add 'app 1.5' esp32-devkitc-1.5.0.gvu --at drammen --back back-to-1.4.gvu\n\n"
    "  gangvakt rollout add 'app 1.5' *.gvu --at drammen --group canary=drammen/storgata \\\n\n"
    "      --group all=100 --window 'mon-thu 01:00-05:00' --zone Europe/Oslo --soak 1d"
)
LIST_EXAMPLES = "[bold]Examples[/]\n\n  gangvakt rollout list\n\n  gangvakt rollout list --limit 5 --json"
ARTIFACTS_EXAMPLES = "[bold]Examples[/]\n\n  gangvakt rollout artifacts"
SHOW_EXAMPLES = "[bold]Examples[/]\n\n  gangvakt rollout show 7\n\n  gangvakt rollout show 7 --json"
HISTORY_EXAMPLES = "[bold]Examples[/]\n\n  gangvakt rollout history 7 --limit 20"
START_EXAMPLES = (
    "[bold]Examples[/]\n\n"
    "  gangvakt rollout start 7\n\n"
    "  gangvakt rollout start 7 --not-before 2027-03-01T01:00+01:00 --yes"
)
PAUSE_EXAMPLES = "[bold]Examples[/]\n\n  gangvakt rollout pause 7 --text 'storm warning'"
RESUME_EXAMPLES = "[bold]Examples[/]\n\n  gangvakt rollout resume 7\n\n  gangvakt rollout resume 7 --retry"
ABORT_EXAMPLES = "[bold]Examples[/]\n\n  gangvakt rollout abort 7 --text 'a better one is coming'"
BACK_EXAMPLES = (
    "[bold]Examples[/]\n\n"
    "  gangvakt rollout roll-back 7\n\n"
    "  gangvakt rollout roll-back 7 --back back-to-1.4.gvu --yes"
)
WATCH_EXAMPLES = "[bold]Examples[/]\n\n  gangvakt rollout watch 7"

UNITS_MIN = {"m": 1, "h": 60, "d": 1440}
POLL_S = 1.0

Number = Annotated[int, typer.Argument(metavar="NUMBER", help="The rollout's number.", min=1)]
Text = Annotated[str, typer.Option("--text", help="Why; it stands in the history.")]
Limit = Annotated[int, typer.Option(min=1, max=1000, help="At most so many, the newest.")]


@app.command("add", epilog=ADD_EXAMPLES)
def add(
    title: Annotated[str, typer.Argument(help="What people call it.")],
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Update files, one for each board.")],
    at: Annotated[
        list[str], typer.Option(metavar="MUNICIPALITY[/SITE]", help="Where; several times, * for all signs.")
    ],
    back: Annotated[
        list[Path] | None, typer.Option(help="Update file to return to, signed to replace this one.")
    ] = None,
    group: Annotated[
        list[str] | None,
        typer.Option(
            help="NAME=PERCENT of all signs so far, or NAME=PLACE,...; else 5, 25 and 100 per cent."
        ),
    ] = None,
    window: Annotated[
        list[str] | None, typer.Option(metavar="'DAYS HH:MM-HH:MM'", help="When; else at any time.")
    ] = None,
    zone: Annotated[str, typer.Option(help="Time zone of the windows, as Europe/Oslo.")] = "UTC",
    at_once: Annotated[int, typer.Option(help="How many signs fetch, or are on trial, at a time.")] = 10,
    error: Annotated[int, typer.Option(help="Pause when so many per cent of a group failed.")] = 10,
    success: Annotated[int, typer.Option(help="Go on when so many per cent of a group took it.")] = 90,
    soak: Annotated[
        str, typer.Option(metavar="TIME", help="Watch each group for so long: 30m, 2h, 1d.")
    ] = "1h",
    silence: Annotated[
        str, typer.Option(metavar="TIME", help="A sign without news for so long failed.")
    ] = "90m",
    skip_unfit: Annotated[
        bool, typer.Option("--skip-unfit", help="Leave out crossings that cannot take it.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Upload updates and plan their rollout. Nothing is offered before `rollout start`."""
    from gangvakt.provision.rollout_wire import RolloutIn
    from gangvakt.provision.wire import checked

    values = {
        "title": title,
        "places": at,
        "windows": window or (),
        "zone": zone,
        "at_once": at_once,
        "error_pct": error,
        "success_pct": success,
        "soak_min": parse_minutes("--soak", soak),
        "silence_min": parse_minutes("--silence", silence),
        "skip_unfit": skip_unfit,
    }
    values |= {"groups": group} if group else {}
    office = controller_office()
    checked(RolloutIn, "options", values | {"artifacts": [1]})  # before anything is uploaded
    numbers = [_upload(office, file) for file in files]
    ways = [_upload(office, file) for file in back or ()]
    made = office.rollouts.add(checked(RolloutIn, "options", values | {"artifacts": numbers, "back": ways}))
    if as_json:
        show_json(made)
        return
    _show(made)
    if not ways:
        Console(stderr=True).print("[yellow]Without --back a crossing may stay mixed where a sign fails.[/]")
    Console().print(f"Nothing is offered yet: `gangvakt rollout start {made.id}`.")


@app.command("list", epilog=LIST_EXAMPLES)
def list_(limit: Limit = 20, as_json: AsJson = False) -> None:
    """List rollouts, the newest first."""
    page = controller_office().rollouts.page(limit)
    if as_json:
        show_json(page.items)
        return
    rows = [
        (
            one.id,
            one.state,
            one.version,
            one.municipality or "several",
            one.signs,
            counted(one.counts),
            one.title,
        )
        for one in page.items
    ]
    show_table(("number", "state", "version", "where", "signs", "of them", "title"), rows, "No rollouts.")


@app.command("artifacts", epilog=ARTIFACTS_EXAMPLES)
def artifacts(limit: Limit = 20, as_json: AsJson = False) -> None:
    """List updates that were uploaded, the newest first."""
    page = controller_office().rollouts.artifacts(limit)
    if as_json:
        show_json(page.items)
        return
    rows = [
        (
            one.id,
            one.kind,
            one.version,
            one.board,
            "yes" if one.goes_back else "-",
            one.size,
            when(one.made_ms),
            one.who,
        )
        for one in page.items
    ]
    columns = ("number", "kind", "version", "board", "goes back", "bytes", "uploaded", "by")
    show_table(columns, rows, "Nothing was uploaded.")


@app.command("show", epilog=SHOW_EXAMPLES)
def show(number: Number, as_json: AsJson = False) -> None:
    """Show a rollout: where it stands, why, and each sign in it."""
    one = controller_office().rollouts.one(number)
    if as_json:
        show_json(one)
        return
    _show(one)
    rows = [
        (
            sign.sign,
            one.groups[sign.group],
            sign.step + 1,
            sign.state,
            when(sign.since_ms),
            sign.reason or "-",
        )
        for sign in one.entries
    ]
    show_table(("sign", "group", "step", "state", "since", "why"), rows, "No signs.")


@app.command("history", epilog=HISTORY_EXAMPLES)
def history(number: Number, limit: Limit = 100, as_json: AsJson = False) -> None:
    """Show what happened in a rollout, the newest first."""
    page = controller_office().rollouts.history(number, limit)
    if as_json:
        show_json(page.items)
        return
    rows = [
        (when(one.at_ms), one.sign or "the rollout", one.before, one.after, one.who, one.reason or "-")
        for one in page.items
    ]
    show_table(("when", "what", "from", "to", "by", "why"), rows, "Nothing happened yet.")


@app.command("start", epilog=START_EXAMPLES)
def start(
    number: Number,
    not_before: Annotated[
        str | None,
        typer.Option("--not-before", metavar="TIME", help="As 2027-03-01T01:00+01:00; else at once."),
    ] = None,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Offer the update, group after group."""
    from gangvakt.provision.rollout_wire import StartIn

    office = controller_office()
    one = office.rollouts.one(number)
    _confirm(f"Offer {one.version} to {one.signs} signs ({', '.join(one.groups)})?", yes=yes)
    told = StartIn(expected=one.signs, at_ms=parse_time(not_before))
    _done(office.rollouts.step(number, "start", told), as_json=as_json)


@app.command("pause", epilog=PAUSE_EXAMPLES)
def pause(number: Number, text: Text = "", as_json: AsJson = False) -> None:
    """Begin at no further crossing; one that is half done is ended."""
    from gangvakt.provision.rollout_wire import ReasonIn

    _step(number, "pause", ReasonIn, {"text": text}, as_json=as_json)


@app.command("resume", epilog=RESUME_EXAMPLES)
def resume(
    number: Number,
    retry: Annotated[
        bool, typer.Option("--retry", help="Offer again what failed; else it is left, and not counted.")
    ] = False,
    text: Text = "",
    as_json: AsJson = False,
) -> None:
    """Go on after a pause."""
    from gangvakt.provision.rollout_wire import ResumeIn

    _step(number, "resume", ResumeIn, {"text": text, "retry": retry}, as_json=as_json)


@app.command("abort", epilog=ABORT_EXAMPLES)
def abort(number: Number, text: Text = "", yes: Yes = False, as_json: AsJson = False) -> None:
    """End it for good; signs that have the update keep it."""
    from gangvakt.provision.rollout_wire import ReasonIn

    one = controller_office().rollouts.one(number)
    _confirm(f"End it? {one.concerned} of {one.signs} signs have {one.version} or are at it.", yes=yes)
    _step(number, "abort", ReasonIn, {"text": text}, as_json=as_json)


@app.command("roll-back", epilog=BACK_EXAMPLES)
def roll_back(
    number: Number,
    back: Annotated[
        list[Path] | None,
        typer.Option(help="Update file to return to; else what the rollout was planned with."),
    ] = None,
    text: Text = "",
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Have every sign with the update return to the version before, at once and in no window."""
    from gangvakt.provision.rollout_wire import RollBackIn

    office = controller_office()
    one = office.rollouts.one(number)
    _confirm(f"Have {one.concerned} of {one.signs} signs leave {one.version} now?", yes=yes)
    values = {"expected": one.concerned, "text": text, "back": [_upload(office, file) for file in back or ()]}
    _step(number, "roll-back", RollBackIn, values, as_json=as_json)


@app.command("watch", epilog=WATCH_EXAMPLES)
def watch(number: Number) -> None:
    """Watch a rollout until it ends or pauses; the exit code is 1 where it did not end well."""
    office = controller_office()
    with Board(Console()) as board:
        while True:
            one = office.rollouts.one(number)
            board.show(one)
            if one.state in ENDED:
                break
            time.sleep(POLL_S)
    Console().print(f"{one.state}: {one.reason}", soft_wrap=True, markup=False, highlight=False)
    raise typer.Exit(0 if one.state == "done" else 1)


def parse_minutes(option: str, text: str) -> int:
    """From `30m`, `2h` or `1d`."""
    digits, unit = text[:-1], text[-1:]
    if not (digits.isascii() and digits.isdigit() and len(digits) < 6 and unit in UNITS_MIN):
        raise SettingRefused("options", option, text[:80], "a number with m, h or d, as 30m, 2h or 1d")
    return int(digits) * UNITS_MIN[unit]


def parse_time(text: str | None) -> int:
    """UTC ms of an ISO 8601 time that says its zone; 0 of none."""
    if text is None:
        return 0
    allowed = "a time with its zone, as 2027-03-01T01:00+01:00"
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise SettingRefused("options", "--not-before", text[:80], allowed) from error
    if found.tzinfo is None or found.year < 2000:
        raise SettingRefused("options", "--not-before", text[:80], allowed)
    return int(found.timestamp() * 1000)


def _upload(office: ApiOffice, file: Path) -> int:
    """The artifact's number; one that cannot be read is refused before it is sent."""
    from gangvakt.provision.update_file import LARGEST

    try:
        if file.stat().st_size > LARGEST:
            raise UpdateRefused(str(file), "size", file.stat().st_size, f"at most {LARGEST} bytes")
        return office.rollouts.upload(file.read_bytes()).id
    except OSError as error:
        raise UpdateRefused(str(file), "file", error.strerror, "a file to be read") from error


def _confirm(question: str, *, yes: bool) -> None:
    if not yes:
        typer.confirm(question, abort=True)


def _step(
    number: int, step: str, model: type[BaseModel], values: dict[str, object], *, as_json: bool
) -> None:
    from gangvakt.provision.wire import checked

    _done(controller_office().rollouts.step(number, step, checked(model, "options", values)), as_json=as_json)


def _done(one: RolloutOut, *, as_json: bool) -> None:
    if as_json:
        show_json(one)
    else:
        opens = f", opens {when(one.opens_ms)}" if one.opens_ms else ""
        Console().print(f"rollout {one.id} is {one.state}{opens}", highlight=False)


def _show(one: RolloutDetailOut) -> None:
    Console().print(f"[bold]{escape(one.title)}[/]  rollout {one.id}", soft_wrap=True, highlight=False)
    sizes = [sum(sign.group == at for sign in one.entries) for at in range(len(one.groups))]
    plan = one.plan
    show_facts(
        [
            ("state", f"{one.state} since {when(one.since_ms)}" + (f": {one.reason}" if one.reason else "")),
            ("version", one.version),
            ("signs", f"{one.signs}: {counted(one.counts)}"),
            ("groups", ", ".join(f"{name} ({size})" for name, size in zip(one.groups, sizes, strict=True))),
            ("goes on", f"{plan.success_pct} % took it, watched for {plan.soak_min} min"),
            ("pauses", f"{plan.error_pct} % failed; silent for {plan.silence_min} min is failed"),
            ("windows", f"{'; '.join(plan.windows)} ({plan.zone})" if plan.windows else "at any time"),
            ("opens", when(one.opens_ms)),
        ]
    )

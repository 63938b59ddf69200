"""`gangvakt sign recording` and `gangvakt recordings`: flight recordings of signs."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn

from gangvakt.cli.office import AsJson, show_table
from gangvakt.cli.order import controller_office, show_refusal
from gangvakt.cli.selftest import Port
from gangvakt.cli.sign_line import open_line
from gangvakt.errors import RecordingBroken, RecordingRefused, SettingRefused, WouldOverwrite
from gangvakt.files import write_file
from gangvakt.fleet import SignId
from gangvakt.provision.order_wire import AnswerOut, CommandIn
from gangvakt.provision.service_line import ServiceLine
from gangvakt.recordings import LARGEST, read_head
from gangvakt.recordings.flight_file import SUFFIX, kind_name

if TYPE_CHECKING:
    from gangvakt.registry.remote import ApiOffice

SIGN_EXAMPLES = (
    "[bold]Examples[/]\n\n"
    "  gangvakt sign recording drammen/storgata/30aea4120001 list\n\n"
    "  gangvakt sign recording drammen/storgata/30aea4120001 hold 12\n\n"
    "  gangvakt sign recording drammen/storgata/30aea4120001 hold\n\n"
    "  gangvakt sign recording drammen/storgata/30aea4120001 fetch 12 -o accident.gvfr"
)
PORT_EXAMPLES = (
    "[bold]Examples[/]\n\n"
    "  gangvakt recordings /dev/ttyUSB0\n\n"
    "  gangvakt recordings COM7 --fetch 12 -o accident.gvfr"
)
POLL_S = 0.3
NOW = "now"  # what the recorder has in memory, at once
COLUMNS = ("number", "kept for a", "event", "boot", "up", "bytes", "held")
NONE_KEPT = "Nothing is recorded yet."

Tell = Callable[[int, int], None]  # bytes that came, of how many
Out = Annotated[
    Path | None,
    typer.Option("--out", "-o", help="File to write; a name by sign and recording if left out."),
]
Force = Annotated[bool, typer.Option("--force", help="Replace a file that is there.")]


class What(StrEnum):
    LIST = "list"
    HOLD = "hold"
    RELEASE = "release"
    FETCH = "fetch"


def sign_recording(
    sign: Annotated[str, typer.Argument(metavar="MUNICIPALITY/SITE/SIGN", help="The sign.")],
    what: Annotated[What, typer.Argument(help="List them, hold one, let go of it, or fetch it.")],
    number: Annotated[
        int | None, typer.Argument(min=1, help="Which one, by the list; hold without: the last minute.")
    ] = None,
    out: Out = None,
    force: Force = False,
    as_json: AsJson = False,
) -> None:
    """What a sign in the street has recorded of itself around warnings and faults. One that is held is not
    overwritten. `gangvakt-sim replay --recording FILE` decides again what was fetched."""
    name, office = SignId.parse(sign), controller_office()
    if what is What.LIST:
        answer = office.command(name, CommandIn(verb="recording-list"))
        _or_exit("recording-list", answer)
        _show_list(answer.answer, as_json=as_json)
        return
    if number is None and what is not What.HOLD:
        raise SettingRefused("options", "NUMBER", None, f"the recording to {what.value}, by `list`")
    if what is What.FETCH and number is not None:
        _check_free(out, force=force)
        data = _fetched(office, name, number)
        _save(data, out, str(name), force=force, as_json=as_json)
        return
    verb = f"recording-{what.value}"
    answer = office.command(name, CommandIn(verb=verb, args=NOW if number is None else number))
    _or_exit(verb, answer)
    _show_mark(number, held=what is What.HOLD, as_json=as_json)


def recordings(
    port: Port = None,
    fetch: Annotated[int | None, typer.Option(min=1, help="Fetch this one, by its number.")] = None,
    out: Out = None,
    force: Force = False,
    as_json: AsJson = False,
) -> None:
    """List what the sign at a serial port has recorded of itself, or fetch a recording."""
    _check_free(out, force=force)
    with open_line(port, Console(stderr=True)) as line:
        hello = line.wait_ready()
        if fetch is None:
            _show_list(line.ask("recording-list"), as_json=as_json)
            return
        with _bar(fetch) as tell:
            data = read_over(line, fetch, tell)
    _save(data, out, str(hello.get("sign") or hello.get("chip")), force=force, as_json=as_json)


def read_over(line: ServiceLine, number: int, tell: Tell = lambda done, size: None) -> bytes:
    """A recording, piece by piece; RecordingRefused when the sign's answers make none."""
    data, size = b"", LARGEST
    while len(data) < size:
        told = line.ask("recording-read", [number, len(data)])
        try:
            piece, size, at = bytes.fromhex(told["hex"]), int(told["of"]), int(told["at"])
        except (KeyError, TypeError, ValueError) as error:
            raise RecordingRefused(line.port, "piece", str(told)[:80], "at, of and hex") from error
        if at != len(data) or not piece or len(data) + len(piece) > size or size > LARGEST:
            raise RecordingRefused(line.port, "piece", f"{at} of {size}", f"{len(data)} of ..{LARGEST}")
        data += piece
        tell(len(data), size)
    return data


def _fetched(office: ApiOffice, sign: SignId, number: int) -> bytes:
    """RecordingBroken when it does not come; ends the command where the sign refuses."""
    _or_exit("recording-fetch", office.fetch_recording(sign, number))
    with _bar(number) as tell:
        while True:
            found = office.recording(sign, number)
            if found.state == "broken":
                raise RecordingBroken(str(sign), number, found.why or "cut off")
            if found.state == "kept":
                return office.recording_file(sign, number)
            tell(found.received, found.bytes or 0)
            time.sleep(POLL_S)


@contextmanager
def _bar(number: int) -> Iterator[Tell]:
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(f"recording {number}", total=None)
        yield lambda done, size: bar.update(task, completed=done, total=size or None)


def _check_free(out: Path | None, *, force: bool) -> None:
    if out is not None and out.exists() and not force:
        raise WouldOverwrite(out)


def _save(data: bytes, out: Path | None, sign: str, *, force: bool, as_json: bool) -> None:
    head = read_head(data, f"recording of {sign}")
    path = out or Path(f"{sign.replace('/', '_')}-{head.stem}{SUFFIX}")
    _check_free(path, force=force)
    write_file(path, data)
    if as_json:
        typer.echo(json.dumps({"file": str(path), "number": head.number, "bytes": head.bytes}))
        return
    text = f"{path}: recording {head.number} of {sign}, kept for a {head.kind}, {head.bytes} bytes"
    _say(f"{text}\ngangvakt-sim replay --recording {path}")


def _or_exit(verb: str, answer: AnswerOut) -> None:
    if not answer.ok:
        show_refusal(verb, answer)
        raise typer.Exit(1)


def _show_list(told: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(told))
        return
    found = sorted(told["recordings"], key=lambda one: int(one["number"]))
    show_table(COLUMNS, [_row(one) for one in found], NONE_KEPT)
    if told.get("dropped"):
        _say(f"{told['dropped']} more could not be kept since the sign started")


def _row(one: dict[str, Any]) -> tuple[object, ...]:
    minutes, s = divmod(one["up_s"], 60)
    up = f"{minutes // 60}:{minutes % 60:02}:{s:02}"
    event, held = one["seq"] or "-", "held" if one["held"] else ""
    return one["number"], kind_name(one["kind"]), event, one["boot"], up, one["bytes"], held


def _show_mark(number: int | None, *, held: bool, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps({"recording": number, "held": held}))
    elif number is None:
        _say("the last minute becomes a recording that is held: see `list`")
    else:
        _say(f"recording {number} " + ("is held" if held else "may be overwritten"))


def _say(text: str) -> None:
    Console().print(text, soft_wrap=True, markup=False, highlight=False)

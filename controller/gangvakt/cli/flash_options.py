"""Options that `flash`, `replace`, `erase` and `label` share, and Job, those of the first two."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Annotated, Any

import typer

from gangvakt.cli.office import PASSPHRASE_VARIABLE, AsJson
from gangvakt.errors import SettingRefused
from gangvakt.provision.board import BoardSpec
from gangvakt.provision.esptool_run import BAUD, BAUDS
from gangvakt.provision.passphrase import VARIABLE as AUTHORITY_VARIABLE

Port = Annotated[
    str | None,
    typer.Option(help="Serial port or rfc2217:// URL; may be left out where only one board is plugged in."),
]
Board = Annotated[str, typer.Option(help="Board by its id (gangvakt boards lists them) or as a TOML file.")]
Baud = Annotated[int | None, typer.Option(help=f"Speed of writing; {BAUD} unless told otherwise.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Ask nothing.")]
Image = Annotated[Path | None, typer.Option(help="The official MicroPython image; else cache or network.")]
Sha256 = Annotated[str | None, typer.Option(help="The image's sum, where the board file knows none.")]
Data = Annotated[Path | None, typer.Option(help="Data folder of a controller on this computer.")]
Bundle = Annotated[Path | None, typer.Option(help="Enrolment bundle, where there is no network.")]
PassphraseFile = Annotated[
    Path | None,
    typer.Option(
        help="File with the passphrase of the bundle, or of the encrypted key of the authority in --data; "
        f"else {PASSPHRASE_VARIABLE} or {AUTHORITY_VARIABLE}, else you are asked."
    ),
]
Config = Annotated[Path | None, typer.Option(help="JSON file of values for this sign, over the site's.")]
LabelDir = Annotated[Path, typer.Option(help="Folder for labels; made where missing.")]
LABELS = Path("labels")


@dataclass(frozen=True)
class Job:
    """How boards are made signs, as it was typed."""

    board: Board
    image: Image = None
    sha256: Sha256 = None
    data: Data = None
    bundle: Bundle = None
    passphrase_file: PassphraseFile = None
    config: Config = None
    label_dir: LabelDir = LABELS
    baud: Baud = None
    yes: Yes = False
    as_json: AsJson = False


def with_job(command: Callable[..., None]) -> Callable[..., None]:
    """The command with an option for each field of Job in the place of its parameter `job`."""
    names = [field.name for field in fields(Job)]

    @functools.wraps(command)
    def run(**given: Any) -> None:
        job = Job(**{name: given.pop(name) for name in names})
        command(job=job, **given)

    own = inspect.signature(command, eval_str=True).parameters.values()
    shared = inspect.signature(Job, eval_str=True).parameters.values()
    options = [*(parameter for parameter in own if parameter.name != "job"), *shared]
    # By keyword only, so that those without a default may stand anywhere.
    keywords = [parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY) for parameter in options]
    run.__signature__ = inspect.Signature(keywords)  # type: ignore[attr-defined]
    return run


def check_baud(baud: int | None) -> int:
    """A speed that USB adapters know."""
    if baud is None:
        return BAUD
    if baud not in BAUDS:
        raise SettingRefused("options", "--baud", baud, ", ".join(map(str, BAUDS)))
    return baud


def runs_stub(spec: BoardSpec) -> bool:
    """Whether esptool may put its stub into the board: machine code, which only a real chip runs."""
    return "esptool_stub" in spec.capabilities

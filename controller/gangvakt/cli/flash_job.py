"""What `flash` and `replace` do once their options are read: put the run together, show it, say its end."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typer
from rich.console import Console

from gangvakt.cli.flash_options import Job, check_baud, runs_stub
from gangvakt.cli.flash_view import BoardView, FlashView, outcome_line, summary
from gangvakt.cli.office import config_folder, passphrase_of
from gangvakt.cli.passphrase import ask_for
from gangvakt.errors import SettingRefused
from gangvakt.files import make_folder
from gangvakt.fleet import SignId
from gangvakt.provision import authority
from gangvakt.provision.batch import Batch, Outcome
from gangvakt.provision.board import load_board
from gangvakt.provision.device import BoardAtPort
from gangvakt.provision.esptool_run import ChipFacts, Esptool
from gangvakt.provision.flash_builder import ImageBuilder
from gangvakt.provision.flash_parts import Bench, Finished, Order
from gangvakt.provision.flashing import Flashing
from gangvakt.provision.issuer import Issuer
from gangvakt.provision.label import LabelFolder
from gangvakt.provision.ports import candidates, find_port
from gangvakt.provision.site_config import check_config
from gangvakt.provision.update_keys import UpdateKeys
from gangvakt.registry.opening import IssuerOptions, open_issuer, saved_login
from gangvakt.settings import DEFAULT_DATA, Settings

CONFIG_BYTES_MAX = 64 * 1024
COUNT_MAX = 1000  # of boards in one batch


@dataclass(frozen=True)
class Wanted:
    """Which sign: a new one at `site`, or one in the place of `replaces`."""

    site: str
    again: bool = False
    replaces: SignId | None = None


class Run:
    """One command: its boards share image, issuer and view."""

    def __init__(self, job: Job, wanted: Wanted) -> None:
        self._job, self._wanted = job, wanted
        self._spec = load_board(job.board)
        self._baud = check_baud(job.baud)
        self._config = None if job.config is None else read_config(job.config)
        make_folder(job.label_dir)  # a full disk is better known before than after
        self._stop = threading.Event()
        self._view = FlashView(Console(stderr=True))
        issuer = open_issuer_of(job)
        builder = ImageBuilder(self._spec, job.image, job.sha256, trusted_of(job))
        self._bench = Bench(issuer, builder, LabelFolder(job.label_dir), self._stop)

    def one(self, port: str | None) -> None:
        """The board at the port, or the only one plugged in. GangvaktError when it did not become a sign."""
        found = find_port(port)
        with self._view:
            finished = self._flash(found, alone=True)
        outcome = Outcome(found, finished, None, finished.seconds)
        if self._job.as_json:
            print_json([outcome])
        else:
            self._say(outcome)

    def several(self, ports: Sequence[str], count: int | None) -> int:
        """The boards at these ports; without any, whatever is plugged in, now and later. The exit code."""
        _check_batch(count, ports)
        batch = Batch(lambda port: self._flash(port, alone=False), self._stop, self._say)
        with self._view:
            if not ports:
                self._view.say("plug in boards, one after the other or several at once; Ctrl-C ends it")
            outcomes = batch.run_ports(ports) if ports else batch.run_plugged(candidates, count)
        if self._job.as_json:
            print_json(outcomes)
        elif outcomes:
            self._view.console.print(summary(outcomes))
        return 0 if all(outcome.finished for outcome in outcomes) else 1

    def _flash(self, port: str, *, alone: bool) -> Finished:
        view = self._view.board(port)
        tool = Esptool(port, baud=self._baud, stub=runs_stub(self._spec), stop=self._stop)
        ask = None if self._job.yes or not alone else self._question(port)
        device = BoardAtPort(tool, self._spec, stop=self._stop, confirm=ask, tell=view.tell)
        order = Order(
            self._spec,
            self._wanted.site,
            again=self._wanted.again,
            replaces=self._wanted.replaces,
            config=self._config,
            may_overwrite=None if self._job.yes else self._may_overwrite(port),
        )
        return self._shown(Flashing(order, device, self._bench, view), view)

    @staticmethod
    def _shown(flashing: Flashing, view: BoardView) -> Finished:
        try:
            return flashing.run()
        except BaseException:
            view.step(flashing.step)
            raise

    def _question(self, port: str) -> Callable[[str], bool]:
        def ask(question: str) -> bool:
            with self._view.pause():
                return typer.confirm(f"{port}: {question}", err=True)

        return ask

    def _may_overwrite(self, port: str) -> Callable[[ChipFacts], bool]:
        ask = self._question(port)
        return lambda facts: ask(f"{facts.model}, MAC {facts.mac}, is not blank: overwrite all it holds?")

    def _say(self, outcome: Outcome) -> None:
        self._view.say(outcome_line(outcome))


def print_json(outcomes: Sequence[Outcome]) -> None:
    """A list, also of one."""
    typer.echo(json.dumps([as_json(outcome) for outcome in outcomes], indent=1))


def as_json(outcome: Outcome) -> dict[str, Any]:
    """What became of a board, for scripts."""
    told: dict[str, Any] = {
        "port": outcome.port,
        "seconds": round(outcome.seconds, 1),
        "error": outcome.error,
    }
    finished = outcome.finished
    if finished is not None:
        labels = [str(path) for path in finished.labels]
        told |= {"sign": str(finished.sign), "online": finished.online, "labels": labels}
        told["report"] = dict(finished.report)
    return told


def read_config(path: Path) -> Mapping[str, Any]:
    """Values for one sign, checked as the firmware will check them."""
    try:
        with path.open("rb") as file:
            values = json.loads(file.read(CONFIG_BYTES_MAX))
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise SettingRefused("options", "--config", str(path), f"a file to be read ({reason})") from error
    except (ValueError, RecursionError) as error:
        raise SettingRefused("options", "--config", str(path), f"JSON ({error})") from error
    if not isinstance(values, dict):
        raise SettingRefused("options", "--config", str(path), "a JSON object of configuration values")
    return check_config(values)


def open_issuer_of(job: Job) -> Issuer:
    """Whoever must be asked for a passphrase is asked here, before there are bars and threads."""
    if job.bundle is not None:
        options = IssuerOptions(config_folder(), job.data, job.bundle, passphrase_of(job.passphrase_file))
        return open_issuer(options)
    passphrase = ask_for(job.passphrase_file)
    data = _folder_that_signs(job.data)
    if data is not None and authority.is_encrypted(keys := Settings(data=data).pki_dir):
        authority.read(keys, passphrase)  # a wrong one is told before a board is touched
    return open_issuer(IssuerOptions(config_folder(), job.data, authority_passphrase=passphrase))


def trusted_of(job: Job) -> bytes:
    """The keys whose updates the board will take: those of the data folder that signs."""
    folder = None if job.bundle else _folder_that_signs(job.data)
    return UpdateKeys(Settings(data=folder).update_keys_dir).trusted() if folder else b""


def _folder_that_signs(data: Path | None) -> Path | None:
    """None where a controller is asked over the network."""
    if data is None and saved_login(config_folder()) is None:
        return DEFAULT_DATA
    return data


def _check_batch(count: int | None, ports: Sequence[str]) -> None:
    if count is not None and not 1 <= count <= COUNT_MAX:
        raise SettingRefused("options", "--count", count, f"1..{COUNT_MAX}")
    if count is not None and ports:
        raise SettingRefused("options", "--count", count, "without --port: those named are flashed once each")
    if len(set(ports)) < len(ports):
        raise SettingRefused("options", "--port", ", ".join(ports), "each port once")

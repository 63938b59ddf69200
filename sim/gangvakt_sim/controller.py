"""The controller as the simulator uses it: through its commands, its log and its health page."""

from __future__ import annotations

import contextlib
import http.client
import os
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from gangvakt_sim.children import child, die_with_parent
from gangvakt_sim.errors import StreetError
from gangvakt_sim.first_password import first_password

HOST = "127.0.0.1"
COMMAND = (sys.executable, "-c", "import sys; from gangvakt.cli import main; sys.exit(main())")
START_S = 60.0  # a slow computer's first start
ENROLL_S = 60.0
PSK_VARIABLE = "GANGVAKT_PSK"  # a key among the arguments could be read by everybody on the computer
POLL_S = 0.1
HEALTH = "/api/v1/health"


@dataclass(frozen=True)
class Controller:
    """One controller on this computer: its data folder and its ports."""

    data: Path
    http_port: int
    mqtt_port: int

    @property
    def address(self) -> str:
        """Where its pages are."""
        return f"http://{HOST}:{self.http_port}/"

    @property
    def broker(self) -> str:
        """Where its signs connect."""
        return f"{HOST}:{self.mqtt_port}"

    def authority(self) -> bytes | None:
        """The certificate of its authority (DER); None before its first start."""
        try:
            return ssl.PEM_cert_to_DER_cert((self.data / "pki" / "ca.crt").read_text())
        except (OSError, ValueError):
            return None

    def enroll(self, municipality: str, site: str, sign: str, out: Path, ssid: str, psk: str) -> None:
        """Write a new identity for a sign into the empty folder `out`."""
        network = ("--broker", self.broker, "--ssid", ssid)
        self._command("enroll", municipality, site, sign, "--out", str(out), *network, psk=psk)

    def enroll_simulator(self, out: Path) -> None:
        """Write the simulator's certificate into the empty folder `out`."""
        self._command("enroll-simulator", "--out", str(out))

    def _command(self, *arguments: str, psk: str = "") -> None:
        done = subprocess.run(
            (*COMMAND, *arguments, "--data", str(self.data)),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            env={**os.environ, PSK_VARIABLE: psk},
            timeout=ENROLL_S,
            check=False,
            preexec_fn=die_with_parent,
        )
        if done.returncode:
            raise StreetError(f"gangvakt {arguments[0]} failed: {_last_line(done.stderr or done.stdout)}")

    @contextlib.contextmanager
    def serving(self, log: Path) -> Iterator[ControllerProcess]:
        """`gangvakt serve` as a child process; its output goes to `log`."""
        ports = ("--http-port", str(self.http_port), "--mqtt-port", str(self.mqtt_port))
        argv = (*COMMAND, "serve", "--data", str(self.data), *ports)
        with child(argv, log) as process:
            yield ControllerProcess(self, process, log)


@dataclass(frozen=True)
class ControllerProcess:
    """A started controller."""

    controller: Controller
    process: subprocess.Popen[bytes]
    log: Path

    def wait_ready(self) -> None:
        """Until its pages answer. StreetError when it ends before or takes too long."""
        deadline = time.monotonic() + START_S
        while not self._answers():
            self.check()
            if time.monotonic() > deadline:
                raise StreetError(f"the controller did not answer within {START_S:.0f} s: see {self.log}")
            time.sleep(POLL_S)

    def check(self) -> None:
        """StreetError when the controller has ended."""
        code = self.process.poll()
        if code is not None:
            said = _last_line(self.log.read_text(errors="replace"))
            raise StreetError(f"the controller ended with code {code}: {said}")

    def first_password(self) -> str | None:
        """The administrator's one-time password while nobody has used it."""
        said = self.log.read_text(errors="replace")
        kept = self.controller.data / "one-time-password"
        return first_password(said, kept, HOST, self.controller.http_port)

    def _answers(self) -> bool:
        connection = http.client.HTTPConnection(HOST, self.controller.http_port, timeout=2)
        try:
            connection.request("GET", HEALTH)
            return connection.getresponse().status == http.client.OK
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()


def check_port_free(port: int, option: str) -> None:
    """StreetError naming the option when something listens on the port already."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise StreetError(
                f"port {port} is taken ({error.strerror}): choose another with {option}"
            ) from error


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "it said nothing"

"""The sign asks servers for the time, over real sockets: who is believed, and who is not."""

import contextlib
import socket
import subprocess
import threading
from pathlib import Path

import pytest

from gangvakt_sim.errors import InterpreterMissing
from gangvakt_sim.interpreter import find_interpreter

SCRIPT = Path(__file__).resolve().parents[1] / "micropython" / "asking.py"
NOW_S = 1_800_000_000
UNIX_1900_S = 2_208_988_800


class Server:
    """Answers every question with `said_s`, changed by `tamper`."""

    def __init__(self, said_s=NOW_S, tamper=lambda reply: reply):
        self.said_s, self.tamper, self.asked = said_s, tamper, 0
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        with contextlib.suppress(OSError):
            while True:
                question, peer = self.socket.recvfrom(100)
                self.asked += 1
                reply = bytearray(48)
                reply[0], reply[1] = 0x24, 1
                reply[24:32] = question[40:48]
                reply[40:44] = (self.said_s + UNIX_1900_S).to_bytes(4, "big")
                self.socket.sendto(self.tamper(reply), peer)


@pytest.fixture
def served():
    servers = []

    def start(*arguments):
        servers.append(Server(*arguments))
        return servers[-1]

    yield start
    for server in servers:
        server.socket.close()


def ask(*servers, known_s=None):
    """What the sign prints after it has asked them in turn."""
    try:
        argv = find_interpreter().argv
    except InterpreterMissing as error:
        pytest.skip(str(error))
    more = [] if known_s is None else [str(known_s)]
    command = [*argv, str(SCRIPT), ",".join(str(server.port) for server in servers), *more]
    return subprocess.run(command, capture_output=True, text=True, timeout=20, check=True).stdout.split("\n")


def told(printed):
    word, ms, quality = printed[-2].split()
    assert word == "time"
    return (None if ms == "None" else int(ms) // 1000), quality


def kiss_of_death(reply):
    reply[1] = 0
    return reply


def forged(reply):
    reply[24:32] = b"somebody"
    return reply


def test_the_time_of_a_server_is_taken_and_noted(served):
    printed = ask(served())
    assert told(printed) == (NOW_S, "utc")
    assert printed[0] == f"noted 9 {NOW_S // 86_400}"


@pytest.mark.parametrize("tamper", [kiss_of_death, forged, lambda reply: reply[:20], lambda reply: b""])
def test_after_one_that_does_not_answer_the_next_is_asked(served, tamper):
    first, second = served(NOW_S + 9, tamper), served()
    assert told(ask(first, second)) == (NOW_S, "utc")
    assert (first.asked, second.asked) == (1, 1)


@pytest.mark.parametrize("said_s", [1_789_999_999, 1_790_000_000 + 4 * 366 * 86_400])
def test_a_time_before_the_sign_was_built_or_years_after_is_not_believed(served, said_s):
    assert told(ask(served(said_s))) == (None, "uptime")


def test_one_alone_cannot_move_a_clock_that_is_right_but_two_can(served):
    wrong = served(NOW_S + 86_400)
    assert told(ask(wrong, known_s=NOW_S)) == (NOW_S, "held")
    assert told(ask(wrong, served(NOW_S + 86_401), known_s=NOW_S))[0] >= NOW_S + 86_400
    assert told(ask(served(NOW_S + 40), known_s=NOW_S)) == (NOW_S + 40, "utc")


def test_a_single_liar_between_two_good_ones_does_no_harm(served):
    assert told(ask(served(NOW_S + 90_000), served(NOW_S + 1), known_s=NOW_S)) == (NOW_S + 1, "utc")

"""The laptop's end of a serial line, against a scripted board at a socket."""

import contextlib
import json
import socket
import threading

import pytest

from gangvakt.cli import main
from gangvakt.errors import PortUnusable, SignRefused, SignSilent
from gangvakt.provision.service_frames import Frame, Lines, encode
from gangvakt.provision.service_line import ServiceLine

HELLO = {"v": 1, "board": "virtual", "fw": "0.1.0", "chip": "30aea4120001", "sign": None, "micropython": "1"}


class Board:
    """Answers each frame by `answer(frame)`: bytes to be sent. `asked` are the frames that came."""

    def __init__(self, answer):
        self._answer = answer
        self.asked = []
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = f"socket://127.0.0.1:{self._server.getsockname()[1]}"
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        with contextlib.suppress(OSError):
            self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        self._thread.join(5)

    def _serve(self):
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._server.accept()
                with connection:
                    self._talk(connection)

    def _talk(self, connection):
        lines = Lines()
        while data := connection.recv(4096):
            for frame in lines.feed(data):
                if isinstance(frame, Frame):
                    self.asked.append(frame)
                    reply = self._answer(frame)
                    if reply is None:
                        return
                    connection.sendall(reply)


def ok(frame, obj):
    return encode(Frame(frame.id, "ok", obj))


def test_an_answer_is_found_amid_noise_and_answers_to_others():
    def answer(frame):
        stale = encode(Frame(frame.id % 65_535 + 1, "ok", {"of": "somebody else"}))
        return b"[3] broker: lost\r\n" + stale + b">>> half a line" + ok(frame, {"n": 1}) + b"I (31) x\n"

    with Board(answer) as board, ServiceLine(board.port) as line:
        assert line.ask("status") == {"n": 1}
        assert "[3] broker: lost" in line.noise
        assert [frame.verb for frame in board.asked] == ["status"]


def test_a_garbled_answer_is_asked_for_again_under_the_same_id():
    tries = []

    def answer(frame):
        tries.append(frame.id)
        good = ok(frame, {"n": 2})
        return good.replace(b"2", b"3") if len(tries) == 1 else good

    with Board(answer) as board, ServiceLine(board.port) as line:
        assert line.ask("status", timeout_s=6) == {"n": 2}
        assert line.bad == 1
    assert len(set(tries)) == 1


def test_a_refusal_carries_field_value_and_what_is_allowed():
    def answer(frame):
        refusal = {"field": "dim_pct", "value": "500", "allowed": "5..100"}
        return encode(Frame(frame.id, "err", refusal))

    with Board(answer) as board, ServiceLine(board.port) as line, pytest.raises(SignRefused) as refused:
        line.ask("config-put", {"dim_pct": 500})
    error = refused.value
    assert (error.verb, error.field, error.value, error.allowed) == ("config-put", "dim_pct", "500", "5..100")
    assert "\n" not in str(error)


def test_what_goes_on_is_told_under_its_verb():
    def answer(frame):
        return ok(frame, {}) + b"".join(encode(Frame(frame.id, "walk", {"n": n})) for n in range(3))

    with Board(answer) as board, ServiceLine(board.port) as line:
        line.ask("walk", True)
        assert [line.told("walk", 2) for _ in range(3)] == [{"n": 0}, {"n": 1}, {"n": 2}]
        assert line.told("walk", 0.1) is None


def test_while_somebody_is_in_view_it_is_asked_again():
    def answer(frame):
        if len(board.asked) < 3:
            refusal = {"field": "lamp", "value": "somebody in view", "allowed": "nobody in view"}
            return encode(Frame(frame.id, "err", refusal))
        return ok(frame, {"lamp": "left"})

    with Board(answer) as board, ServiceLine(board.port) as line:
        assert line.ask_when_quiet("lamp", {}, 10) == {"lamp": "left"}
        board.asked.clear()
        with pytest.raises(SignRefused):
            line.ask_when_quiet("lamp", {}, 0)


def refused_for_memory(frame):
    refusal = {"field": "memory", "value": "allocating 918 bytes, 32352 free", "allowed": 'restart "service"'}
    return encode(Frame(frame.id, "err", refusal))


def test_a_sign_without_memory_is_restarted_for_service_and_asked_again():
    def answer(frame):
        verbs = [asked.verb for asked in board.asked]
        if frame.verb == "kerb" and "restart" not in verbs:
            return refused_for_memory(frame)
        late = "restart" in verbs and verbs.count("hello") > 2  # one answer comes from the app that ends
        return ok(frame, {"verb": frame.verb, "boot": 8 if late else 7})

    notes = []
    with Board(answer) as board, ServiceLine(board.port, note=notes.append) as line:
        assert line.ask("kerb", {"a": [0, 1]})["verb"] == "kerb"
        assert [(frame.verb, frame.obj) for frame in board.asked] == [
            ("kerb", {"a": [0, 1]}),
            ("hello", None),
            ("restart", "service"),
            ("hello", None),
            ("hello", None),
            ("kerb", {"a": [0, 1]}),
        ]
    assert notes == ["the sign restarts to have memory for this"]


@pytest.mark.parametrize(
    ("verb", "restarts"), [("kerb", 1), ("walk", 1), ("restart", 0), ("log", 0), ("events", 1)]
)
def test_a_sign_is_restarted_for_memory_once_and_not_where_that_would_lose_what_is_asked_for(verb, restarts):
    def answer(frame):
        boots = sum(asked.verb == "restart" for asked in board.asked)
        return refused_for_memory(frame) if frame.verb == verb else ok(frame, {"boot": boots})

    with Board(answer) as board, ServiceLine(board.port) as line:
        with pytest.raises(SignRefused) as refused:
            line.ask(verb)
        asked = [frame.obj for frame in board.asked if frame.verb == "restart"]
        assert asked.count("service") == restarts
        assert [frame.verb for frame in board.asked].count(verb) == 1 + restarts
    assert refused.value.field == "memory"


def test_silence_is_told_with_the_last_words():
    printed = b"invalid header: 0xffffffff\r\n"
    with (
        Board(lambda frame: printed) as board,
        ServiceLine(board.port) as line,
        pytest.raises(SignSilent) as silent,
    ):
        line.ask("hello", timeout_s=0.5)
    assert (silent.value.verb, silent.value.last) == ("hello", "invalid header: 0xffffffff")


def test_a_cable_that_is_pulled_is_told():
    with Board(lambda frame: None) as board, ServiceLine(board.port) as line, pytest.raises(PortUnusable):
        line.ask("status", timeout_s=5)


@pytest.mark.parametrize("port", ["/dev/no-such-port", "socket://127.0.0.1:1", "nonsense://x", ""])
def test_a_port_that_cannot_be_opened_is_one_line_and_code_1(port, capsys):
    with pytest.raises(PortUnusable):
        ServiceLine(port)
    assert main(["logs", port or " "]) == 1
    text = capsys.readouterr().err
    assert text.startswith("gangvakt: ")
    assert text.count("\n") == 1


@pytest.mark.parametrize("command", ["logs", "selftest", "walk"])
@pytest.mark.parametrize("port", ["/dev/no-such-port", "rfc2217://127.0.0.1:1"])
def test_a_port_that_is_not_there_is_told_in_the_words_of_flashing(command, port, capsys):
    assert main([command, port]) == 1
    assert f"{port}: there is no such port: check the plug and the name" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("printed", "found"),
    [
        (b"invalid header: 0xffffffff\r\n" * 3, "the flash is blank"),
        (b"safe mode: failure 2 (StoreError), restart in 4 s\r\n", "safe mode"),
        (b"\r\nMicroPython v1.26.1\r\n>>> \r\n", "stopped at a prompt"),
        (b"waiting for download\r\n", "waits to be flashed"),
        (b"hello from another program\r\n", "prints 'hello from another program'"),
        (b"", "no answer, nothing printed"),
    ],
)
def test_the_doctor_reads_what_a_silent_board_prints(printed, found, capsys, monkeypatch):
    monkeypatch.setattr("gangvakt.provision.diagnosis.ANSWER_S", 0.5)
    with Board(lambda frame: printed) as board:
        assert main(["doctor", board.port]) == 1
    assert found in capsys.readouterr().out


def test_the_doctor_says_what_to_do_about_each_fault(capsys):
    def answer(frame):
        faults = [{"code": "radar_silent"}, {"code": "lamp_left_dead"}, {"code": "new_one"}]
        return ok(frame, HELLO if frame.verb == "hello" else {"faults": faults})

    with Board(answer) as board:
        assert main(["doctor", board.port]) == 1
    printed = capsys.readouterr().out
    assert "check the radar's supply" in printed
    assert "check the lamp and its cable" in printed
    assert "firmware/README.md" in printed


def sign_with(details):
    """Answers as a sign that has an identity."""
    told = {"hello": {**HELLO, "sign": "a/b/c"}, "status": {"faults": []}, "details": details}
    return lambda frame: ok(frame, told[frame.verb])


@pytest.mark.parametrize(
    ("details", "verdict", "told"),
    [
        ({"online": True, "closed_reasons": {"tcp": 2}}, "ok", "session open"),
        ({"online": False, "closed_reasons": {"tcp": 3, "dns": 1}}, "fail", "see that it runs"),
        ({"online": False, "closed_reasons": {"paused": 4, "tls": 1}}, "fail", "do not trust each other"),
        ({"online": False, "closed_reasons": {"refused": 1}}, "fail", "gangvakt logs"),
        ({"online": False, "closed_reasons": {}}, "fail", "not tried yet"),
        ({"online": False, "closed_reasons": {"paused": 1}}, "warn", "it pauses while somebody asks"),
    ],
)
def test_the_doctor_says_why_a_sign_has_no_session(details, verdict, told, capsys):
    with Board(sign_with(details)) as board:
        assert main(["doctor", board.port, "--json"]) == (1 if verdict == "fail" else 0)
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    found = next(line for line in lines if line["what"] == "broker")
    assert found["verdict"] == verdict
    assert told in f"{found['found']} {found['advice']}"
    assert "USB" not in {line["what"] for line in lines}  # no adapter has to be there for a URL


def test_a_board_without_identity_has_no_session_to_miss(capsys):
    with Board(lambda frame: ok(frame, HELLO if frame.verb == "hello" else {"faults": []})) as board:
        assert main(["doctor", board.port]) == 0
    assert "broker" not in capsys.readouterr().out


def test_a_prompt_needs_a_local_port(capsys):
    with Board(lambda frame: ok(frame, HELLO)) as board:
        assert main(["shell", board.port, "--yes"]) == 1
    assert "a URL with --command" in capsys.readouterr().err
    assert board.asked == []


def test_the_shell_asks_nothing_where_there_is_no_port(capsys):
    assert main(["shell", "/dev/no-such-port"]) == 1
    told = capsys.readouterr().err
    assert told.startswith("gangvakt: /dev/no-such-port: there is no such port")
    assert "Stop it?" not in told


def test_what_mpremote_fails_for_is_one_line_and_the_sign_is_restarted(capfd):
    with Board(lambda frame: ok(frame, HELLO)) as board:
        assert main(["shell", board.port, "--yes", "--command", "1"]) == 1
        assert [frame.verb for frame in board.asked] == ["hello"]
    told = capfd.readouterr().err
    assert "could not enter raw repl" in told.splitlines()[-1]
    assert told.splitlines()[-1].startswith("gangvakt: ")
    assert "Traceback" not in told


def test_options_that_cannot_be_are_refused_before_anything_is_asked(capsys):
    with Board(lambda frame: ok(frame, HELLO)) as board:
        for options in (
            ["--kerb", "1,2"],
            ["--kerb", "0,2,0,-2", "--learn-kerb"],
            ["--learn-kerb", "--json"],
        ):
            assert main(["walk", board.port, *options]) == 1
            assert "options: --" in capsys.readouterr().err
    assert board.asked == []

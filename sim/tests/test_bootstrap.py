"""The set-up of a fresh machine: what it reads, what it decides, and what it says when it cannot go on."""

import base64
import hashlib
import io
import re
import subprocess
import sys
import tarfile
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from bootstrap import __main__ as setup
from bootstrap import apt, axe, chromium, debian, lock, micropython, places, servers, stamps, venv
from bootstrap.errors import CommandFailed, SetupError
from bootstrap.say import CLEAR_LINE, Say
from bootstrap.shell import cause, run


def nothing() -> None:
    """No sign of life is wanted."""


class TestWrapper:
    @pytest.fixture
    def folder(self, tmp_path: Path) -> Path:
        """An unpacked tree whose loader tells how it was called."""
        folder = tmp_path / "a folder"
        loader = folder / "root" / "usr" / "lib" / "ld-linux.so.2"
        loader.parent.mkdir(parents=True)
        loader.write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n')
        loader.chmod(0o755)
        micropython.write_wrapper(folder)
        return folder

    def test_it_starts_the_interpreter_with_its_own_libraries(self, folder: Path) -> None:
        told = subprocess.check_output([folder / "micropython", "-c", "a b"], text=True).splitlines()
        usr = f"{folder}/root/usr"
        library_path = ["--library-path", f"{usr}/lib/i386-linux-gnu"]
        assert told == [*library_path, f"{usr}/bin/micropython", "-c", "a b"]

    def test_its_folder_can_be_moved(self, folder: Path, tmp_path: Path) -> None:
        moved = folder.rename(tmp_path / "elsewhere")
        assert f"{moved}/root/usr/bin/micropython" in subprocess.check_output(
            [moved / "micropython"], text=True
        )


class TestFetchedInterpreter:
    @staticmethod
    def that_says(text: str, folder: Path) -> Path:
        program = folder / "micropython"
        program.write_text(f"#!/bin/sh\necho '{text}'\n")
        program.chmod(0o755)
        return program

    def test_the_pinned_version_of_32_bits_is_accepted(self, tmp_path: Path) -> None:
        micropython.verify(self.that_says("1.26.1 2147483647", tmp_path))

    @pytest.mark.parametrize("says", ["1.27.0 2147483647", "1.26.1 9223372036854775807", ""])
    def test_any_other_is_refused(self, says: str, tmp_path: Path) -> None:
        with pytest.raises(SetupError, match="set GANGVAKT_MICROPYTHON"):
            micropython.verify(self.that_says(says, tmp_path))

    def test_a_kernel_that_cannot_start_it_is_told_so(self, tmp_path: Path) -> None:
        with pytest.raises(SetupError, match="does not start on this kernel"):
            micropython.verify(tmp_path / "absent")

    def test_a_processor_that_cannot_run_it_is_told_so(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("platform.machine", lambda: "aarch64")
        monkeypatch.delenv("GANGVAKT_MICROPYTHON", raising=False)
        monkeypatch.setattr(micropython, "MICROPYTHON", Path("/absent"))
        with pytest.raises(SetupError, match="does not run on aarch64: set GANGVAKT_MICROPYTHON"):
            micropython.ensure(Say(io.StringIO()))


class TestPip:
    def test_the_lock_gives_the_lines_of_one_package(self) -> None:
        wanted = "setuptools==84 \\\n    --hash=b \\\n    --hash=c\n    # via x\n"
        text = f"# head\nset==1 \\\n    --hash=a\n{wanted}six==1\n"
        assert (
            venv.locked(text, "setuptools")
            == "setuptools==84 \\\n    --hash=b \\\n    --hash=c\n    # via x\n"
        )

    def test_a_python_without_pip_is_told_what_to_install(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        def refuse() -> None:
            raise SetupError("apt-get is missing")

        monkeypatch.setattr(venv, "VENV", tmp_path)
        monkeypatch.setattr(venv, "BUILD", tmp_path)
        monkeypatch.setattr(venv, "PIP_WHEELS", "absent")
        monkeypatch.setattr(apt, "require_programs", refuse)
        with pytest.raises(SetupError, match="apt-get install python3-venv"):
            venv.pip(nothing)

    def test_a_wheel_of_pip_runs_without_being_installed(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        wheel = tmp_path / "wheels" / "pip-23.0.1-py3-none-any.whl"
        wheel.parent.mkdir()
        wheel.touch()
        monkeypatch.setattr(venv, "VENV", tmp_path)
        monkeypatch.setattr(venv, "PIP_WHEELS", str(wheel.parent))
        assert venv.pip(nothing)[1] == str(wheel / "pip")


class TestLock:
    def test_the_lock_names_no_address(self) -> None:
        assert not lock.names_an_address(places.LOCK.read_text())

    @pytest.mark.parametrize(
        "line", ["--index-url https://a.test", "--find-links /wheels", "x @ file:///x.whl"]
    )
    def test_a_lock_with_an_address_is_refused(self, line: str) -> None:
        assert lock.names_an_address(f"six==1\n{line}\n")

    def test_a_lock_with_a_path_of_this_machine_is_refused(self) -> None:
        assert lock.names_an_address(f"six==1\n    # via gangvakt ({places.PROJECT})\n")

    def test_every_pin_is_exact_and_has_a_hash(self) -> None:
        entries = re.split(r"(?m)^(?=[a-z0-9])", places.LOCK.read_text())[1:]
        assert len(entries) > 50
        assert [entry for entry in entries if "==" not in entry or "--hash=sha256:" not in entry] == []

    def test_it_holds_all_that_the_project_asks_for(self) -> None:
        project = tomllib.loads(places.PROJECT.read_text())["project"]
        asked = map(Requirement, project["dependencies"] + project["optional-dependencies"]["dev"])
        pins = dict(re.findall(r"(?m)^([a-z0-9-]+)==(\S+)", places.LOCK.read_text()))
        missing = [
            str(one)
            for one in asked
            if (pin := pins.get(canonicalize_name(one.name))) is None or pin not in one.specifier
        ]
        assert missing == []


class TestStamps:
    def test_a_step_is_done_again_when_what_it_rests_on_changes(self, tmp_path: Path) -> None:
        source = tmp_path / "lock"
        stamp = stamps.Stamp(tmp_path / "stamps" / "packages")
        assert not stamp.is_fresh(stamps.key("3.11", source))
        stamp.write(stamps.key("3.11", source))
        assert stamp.is_fresh(stamps.key("3.11", source))
        source.write_text("six==1")
        assert not stamp.is_fresh(stamps.key("3.11", source))

    def test_parts_do_not_run_into_each_other(self) -> None:
        assert stamps.key("ab", "c") != stamps.key("a", "bc")


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class TestProgress:
    def test_a_step_is_one_line_with_its_time(self) -> None:
        out, times = io.StringIO(), iter([0.0, 2.5])
        with Say(out, lambda: next(times)).step("packages"):
            pass
        assert out.getvalue() == "setup: packages (2.5 s)\n"

    def test_a_log_gets_a_sign_of_life_now_and_then(self) -> None:
        out, now = io.StringIO(), [0.0]
        with Say(out, lambda: now[0]).step("packages") as alive:
            for now[0] in range(1, 26):
                alive()
        assert out.getvalue().splitlines() == [
            "setup: packages ... 10 s",
            "setup: packages ... 20 s",
            "setup: packages (25.0 s)",
        ]

    def test_a_terminal_gets_a_ticking_line_that_goes_at_the_end(self) -> None:
        out, now = Terminal(), [0.0]
        with Say(out, lambda: now[0]).step("packages") as alive:
            now[0] = 1.0
            alive()
        assert out.getvalue() == f"{CLEAR_LINE}setup: packages ... 1 s{CLEAR_LINE}setup: packages (1.0 s)\n"


class TestPrograms:
    def test_output_goes_to_the_log_and_input_is_empty(self, tmp_path: Path) -> None:
        log = tmp_path / "logs" / "x.log"
        run([sys.executable, "-c", "import sys; print(repr(sys.stdin.read()))"], log, nothing)
        assert log.read_text() == "''\n"

    def test_a_failure_names_the_program_its_cause_and_the_log(self, tmp_path: Path) -> None:
        command = ["sh", "-c", "echo 'W: so so'; echo 'E: no such suite'; echo bye; exit 3"]
        with pytest.raises(CommandFailed) as failed:
            run(command, tmp_path / "x.log", nothing)
        assert (failed.value.code, failed.value.reason) == (3, "E: no such suite")
        assert str(failed.value) == f"sh failed (E: no such suite); its output is in {tmp_path}/x.log"

    def test_an_absent_program_is_one_line(self, tmp_path: Path) -> None:
        with pytest.raises(SetupError, match=r"^cannot run no-such-program: No such file or directory$"):
            run(["no-such-program"], tmp_path / "x.log", nothing)

    def test_without_a_marked_line_the_last_one_is_the_cause(self) -> None:
        assert cause("one\ntwo\n\n") == "two"
        assert cause("") == ""


class TestBrowser:
    @pytest.fixture(autouse=True)
    def _no_browser_and_no_root(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("shutil.which", lambda name: None)
        monkeypatch.setattr("os.geteuid", lambda: 1000)

    def test_a_person_without_one_is_told_that_tests_are_skipped_and_how_to_get_it(self) -> None:
        out = io.StringIO()
        chromium.ensure(Say(out), {})
        assert "WARNING" in out.getvalue()
        assert "SKIPPED" in out.getvalue()
        assert "sudo apt-get install chromium" in out.getvalue()

    def test_ci_without_one_fails(self) -> None:
        with pytest.raises(SetupError, match="sudo apt-get install chromium"):
            chromium.ensure(Say(io.StringIO()), {"CI": "true"})

    def test_a_wrong_name_for_one_is_told(self) -> None:
        with pytest.raises(SetupError, match="GANGVAKT_CHROMIUM=nowhere is no program"):
            chromium.ensure(Say(io.StringIO()), {"CI": "true", "GANGVAKT_CHROMIUM": "nowhere"})

    def test_root_needs_no_sudo_and_others_without_it_get_nothing(self) -> None:
        assert debian.root_prefix(uid=0) == []
        assert debian.root_prefix(uid=1000) is None


class TestServers:
    @pytest.fixture(autouse=True)
    def _no_root(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("shutil.which", lambda name: None)
        monkeypatch.setattr("os.geteuid", lambda: 1000)

    def test_what_is_here_is_not_installed(self, tmp_path: Path) -> None:
        out = io.StringIO()
        servers.ensure(Say(out), {"CI": "true"}, {"mosquitto": tmp_path})
        assert out.getvalue() == ""

    def test_a_person_without_one_is_told_which_tests_are_skipped(self, tmp_path: Path) -> None:
        out = io.StringIO()
        servers.ensure(Say(out), {}, {"mosquitto": tmp_path, "postgresql": tmp_path / "nowhere"})
        assert "the tests with postgresql will be SKIPPED" in out.getvalue()
        assert "sudo apt-get install postgresql" in out.getvalue()

    def test_ci_without_one_fails(self, tmp_path: Path) -> None:
        with pytest.raises(SetupError, match="not root"):
            servers.ensure(Say(io.StringIO()), {"CI": "true"}, {"mosquitto": tmp_path / "nowhere"})


class TestCommand:
    def test_trouble_is_one_line_and_an_exit_code(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
    ) -> None:
        def refuse(say: Say) -> None:
            raise SetupError("no wood: buy some")

        monkeypatch.setattr(setup, "BUILD", tmp_path)
        monkeypatch.setattr(venv, "ensure", refuse)
        assert setup.main([]) == 1
        assert capsys.readouterr().out == "setup: FAILED: no wood: buy some\n"

    def test_a_python_that_is_too_old_is_told_what_to_do(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setattr(setup, "OLDEST_PYTHON", (99, 1))
        assert setup.main([]) == 1
        assert "run make with PYTHON=python99.1" in capsys.readouterr().out


class TestAxe:
    """What judges accessibility is the pinned package or none."""

    @staticmethod
    def packed(folder: Path, _alive: object = None) -> Path:
        package = folder / f"axe-core-{axe.VERSION}.tgz"
        with tarfile.open(package, "w:gz") as archive:
            member = tarfile.TarInfo(axe.PACKED)
            member.size = 3
            archive.addfile(member, io.BytesIO(b"axe"))
        return package

    def test_another_package_is_refused_with_both_hashes(self, tmp_path: Path) -> None:
        with pytest.raises(SetupError, match=r"not the pinned one: it has sha512-.*, sha512-.* is wanted"):
            axe.fetch(tmp_path / "axe.min.js", self.packed, nothing)
        assert not (tmp_path / "axe.min.js").exists()

    def test_the_pinned_one_is_unpacked(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        digest = hashlib.sha512(self.packed(tmp_path).read_bytes()).digest()
        monkeypatch.setattr(axe, "INTEGRITY", "sha512-" + base64.b64encode(digest).decode())
        axe.fetch(tmp_path / "kept" / "axe.min.js", lambda folder, alive: self.packed(tmp_path), nothing)
        assert (tmp_path / "kept" / "axe.min.js").read_bytes() == b"axe"

    def test_without_the_registry_the_tests_are_said_to_be_skipped(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def unreachable(folder: Path, alive: object) -> Path:
            raise CommandFailed("npm", 1, "E404", axe.LOG)

        monkeypatch.setattr(axe, "npm_pack", unreachable)
        said = io.StringIO()
        axe.ensure(Say(said), tmp_path / "axe.min.js")
        assert "accessibility will be SKIPPED" in said.getvalue()

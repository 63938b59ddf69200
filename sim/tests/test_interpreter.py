"""Which MicroPython runs the firmware here, and what is said about one that is not the pinned one."""

from pathlib import Path

import pytest

from gangvakt_sim.errors import InterpreterMissing
from gangvakt_sim.interpreter import find_interpreter, identify, lost_guarantees

PINNED = "micropython 1 26 1 2147483647"
OTHER = "micropython 1 28 0 9223372036854775807"


def program(path: Path, says: str) -> Path:
    """A program that answers every question with `says`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\necho '{says}'\n")
    path.chmod(0o755)
    return path


@pytest.fixture
def fetched(tmp_path: Path) -> Path:
    return program(tmp_path / ".build" / "micropython" / "micropython", PINNED)


def test_the_one_that_the_setup_fetched_is_used(tmp_path: Path, fetched: Path) -> None:
    found = find_interpreter(tmp_path, {})
    assert found.argv == (str(fetched),)
    assert (found.version, found.bits, found.warnings) == ((1, 26, 1), 32, ())
    assert str(found) == f"MicroPython 1.26.1, 32 bits: {fetched}"


def test_the_variable_goes_before_it(tmp_path: Path, fetched: Path) -> None:
    own = program(tmp_path / "own", OTHER)
    found = find_interpreter(tmp_path, {"GANGVAKT_MICROPYTHON": str(own)})
    assert found.argv == (str(own),)
    assert (found.version, found.bits) == ((1, 28, 0), 64)


def test_another_version_and_word_size_are_warned_of_by_what_is_lost() -> None:
    assert lost_guarantees((1, 26, 0), 32) == ()
    [version] = lost_guarantees((1, 28, 0), 32)
    assert "1.28.0 is not the 1.26" in version
    [width] = lost_guarantees((1, 26, 1), 64)
    for guarantee in ("allocation", "RAM", "2^30", "ticks"):
        assert guarantee in width


def test_without_any_the_way_to_one_is_told(tmp_path: Path) -> None:
    with pytest.raises(InterpreterMissing, match="run `make setup`, or set GANGVAKT_MICROPYTHON"):
        find_interpreter(tmp_path, {})


def test_a_variable_that_names_no_program_is_told(tmp_path: Path, fetched: Path) -> None:
    with pytest.raises(InterpreterMissing, match="GANGVAKT_MICROPYTHON=nowhere is no program"):
        find_interpreter(tmp_path, {"GANGVAKT_MICROPYTHON": "nowhere"})


@pytest.mark.parametrize("says", ["", "cpython 3 11 2 9223372036854775807", "micropython 1 26"])
def test_a_program_that_is_no_micropython_is_told(tmp_path: Path, says: str) -> None:
    with pytest.raises(InterpreterMissing, match="is no MicroPython"):
        identify((str(program(tmp_path / "other", says)),))


def test_a_program_that_this_machine_cannot_run_is_told(tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    broken.write_bytes(b"\x7fELF")
    broken.chmod(0o755)
    with pytest.raises(InterpreterMissing, match=r"does not run here .*Exec format error"):
        identify((str(broken),))


def test_the_real_one_is_the_pinned_one() -> None:
    try:
        found = find_interpreter(environ={})
    except InterpreterMissing as error:
        pytest.skip(str(error))
    assert (found.version, found.bits) == ((1, 26, 1), 32)

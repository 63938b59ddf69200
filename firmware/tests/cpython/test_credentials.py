"""Renewing a sign's certificate with the interpreter's own TLS and LittleFS; power is cut at every
flash operation."""

import functools
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gangvakt.fleet import SignId
from gangvakt.provision import authority
from gangvakt.provision.certificates import fingerprint
from gangvakt.provision.pki import Pki, new_authority
from gangvakt.upkeep.renewal import pack
from gangvakt_sim.errors import InterpreterMissing
from gangvakt_sim.interpreter import find_interpreter

SCRIPT = Path(__file__).resolve().parents[1] / "micropython" / "renewals.py"
HEAP = "heapsize=2m"  # the flash lies in it
TIMEOUT_S = 60
SIGN = SignId("drammen", "storgata", "30aea4120001")
FLOOR_S = 1_800_000_000
STEPS = ("take_over", "let_in", "given_up", "again")


class Renewing:
    """What came out of one run: lines by their first word, and how both certificates are called."""

    def __init__(self, lines, old, new):
        self.lines, self.old, self.new = lines, old, new

    def of(self, word):
        return [line.split(" ", 1)[1] for line in self.lines if line.split(" ", 1)[0] == word]


@pytest.fixture(scope="module")
def renewing(tmp_path_factory):
    try:
        argv = find_interpreter().argv
    except InterpreterMissing as error:
        pytest.skip(str(error))
    folder = tmp_path_factory.mktemp("renewing")
    old, new = write_files(folder)
    done = subprocess.run(
        [*argv, "-X", HEAP, str(SCRIPT), str(folder)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
    )
    lines = done.stdout.splitlines()
    assert lines[-1:] == ["done"], done.stdout + done.stderr
    return Renewing(lines, fingerprint(old.certificate)[:16], fingerprint(new.certificate)[:16])


def write_files(folder):
    """What is flashed, a good renewal by the authority's successor, and bad ones."""
    pki_folder = folder / "pki"
    pki = Pki.open(pki_folder)
    old = pki.issue_sign(SIGN)
    (folder / "ca.der").write_bytes(pki.authority_der)
    (folder / "cert.der").write_bytes(old.certificate_der)
    (folder / "key.der").write_bytes(old.key_der)
    authority.succeed(pki_folder, new_authority(datetime.now(UTC), pki.authority.certificate), None)
    pki.reload()
    new = pki.issue_sign(SIGN)
    authorities = list(pki.authority_files().values())
    assert len(authorities) == 2
    good = pack(new, authorities, FLOOR_S)
    (folder / "renewal").write_bytes(good)
    for name, data in bad_renewals(good, new, old, authorities):
        (folder / f"bad.{name}").write_bytes(data)
    return old, new


def bad_renewals(good, new, old, authorities):
    """(name, bytes), each wrong in one way."""
    mixed = type(new)(old.key, new.certificate)
    broken = [authorities[0][:100] + bytes(len(authorities[0]) - 100)]
    yield "short", good[:30]
    yield "garbled", good[:200] + bytes((good[200] ^ 1,)) + good[201:]
    yield "cut", good[:-1]
    yield "key_of_another", pack(mixed, authorities, FLOOR_S)
    yield "without_authority", pack(new, [], FLOOR_S)
    yield "too_many_authorities", pack(new, authorities * 2, FLOOR_S)
    yield "broken_authority", pack(new, broken, FLOOR_S)
    yield "rubbish_behind", pack(new, [*authorities, b"\0"], FLOOR_S)


@pytest.mark.parametrize("step", STEPS)
def test_a_power_cut_at_any_flash_operation_leaves_the_old_or_the_new_certificate(renewing, step):
    outcomes = renewing.of(step)
    assert len(outcomes) > 4, "nothing was ever cut"
    assert {line.split()[1] for line in outcomes} <= {renewing.old, renewing.new}


@functools.cache
def last(renewing, step):
    """(fingerprint, whether it is on trial) after the whole step."""
    (whole,) = [line for line in renewing.of(step) if line.startswith("whole ")]
    return tuple(whole.split()[1:])


def test_a_renewal_is_on_trial_until_the_broker_lets_it_in(renewing):
    assert renewing.of("take_over")[1] == f"1 {renewing.old} False"
    assert last(renewing, "take_over") == (renewing.new, "True")
    assert last(renewing, "let_in") == (renewing.new, "False")


def test_when_the_broker_lets_only_the_old_one_in_the_new_one_goes(renewing):
    assert last(renewing, "given_up") == (renewing.old, "False")


def test_once_let_in_the_new_certificate_is_kept_through_every_power_cut(renewing):
    for step in ("let_in", "again"):
        assert {line.split()[1] for line in renewing.of(step)} == {renewing.new}


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("short", "ValueError: checksum"),
        ("garbled", "ValueError: checksum"),
        ("cut", "ValueError: checksum"),
        ("key_of_another", "ValueError: the key does not belong to the certificate"),
        ("without_authority", "ValueError: 2 parts, allowed 3..4"),
        ("too_many_authorities", "ValueError: 6 parts, allowed 3..4"),
        ("broken_authority", "ValueError: invalid cert"),
        ("rubbish_behind", "ValueError: not DER at byte"),
    ],
)
def test_a_renewal_that_cannot_be_used_changes_nothing(renewing, name, said):
    (line,) = [line for line in renewing.of("refused") if line.startswith(name + "|")]
    _, error, used = line.split("|")
    assert error.startswith(said)
    assert used == renewing.old


def test_a_damaged_renewal_is_passed_over_for_what_was_flashed(renewing):
    assert renewing.of("damaged") == [f"{renewing.old} False"]


def test_without_any_certificate_the_missing_file_is_named(renewing):
    assert renewing.of("lost") == ["unusable key.der: absent"]


def test_pieces_come_in_any_order_and_twice_and_a_new_transfer_begins_anew(renewing):
    assert renewing.of("collected") == ["nothing: True", "half: True"]
    assert "collected: True b'abcdef'" in renewing.lines


def test_a_session_that_ends_too_soon_leaves_no_pieces_behind(renewing):
    assert "interrupted: pieces are missing None" in renewing.lines

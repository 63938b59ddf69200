import struct

from sign.proto.manifest import BYTES, INTERPRETER, Manifest, refusal, sequence_of

FORMAT = "<4sBBHIII32s32s12s12sI16s"
INSTALLED = 1_004_000  # 1.4.0
ROOM = 200_000


def packed(
    magic=b"GVP\x01",
    kind=0,
    sequence=1_005_000,
    replaces=0,
    size=100_000,
    board=b"virtual",
    version=b"1.5.0",
    interpreter=b"1.26.1",
    minimum=0,
):
    head = magic, kind, 7, 0, sequence, replaces, size, bytes(range(32))
    return struct.pack(FORMAT, *(head + (board, version, interpreter, minimum, b"")))


def refused(**fields):
    """The field for which it is not taken, None where it is."""
    why = refusal(Manifest(packed(**fields)), "virtual", "1.26.1", INSTALLED, ROOM)
    return why and why[0]


def test_a_newer_version_for_this_board_is_taken():
    assert refused() is None


def test_all_of_it_is_read():
    found = Manifest(packed(replaces=5, minimum=6))
    assert (found.key, found.sequence, found.replaces, found.minimum) == (7, 1_005_000, 5, 6)
    assert (found.board, found.version, found.interpreter) == ("virtual", "1.5.0", "1.26.1")
    assert (found.size, found.sum) == (100_000, bytes(range(32)))


def test_another_board_is_refused():
    assert refused(board=b"esp32-devkitc") == "board"


def test_it_goes_forward_only_unless_signed_to_go_back():
    assert refused(sequence=INSTALLED) == "version"
    assert refused(sequence=INSTALLED - 1) == "version"
    assert refused(sequence=INSTALLED - 1, replaces=INSTALLED - 1) == "version"
    assert refused(sequence=INSTALLED - 1, replaces=INSTALLED) is None
    assert refused(sequence=INSTALLED, replaces=INSTALLED) == "version"


def test_one_that_needs_another_before_it_is_refused():
    assert refused(minimum=INSTALLED) is None
    assert refused(minimum=INSTALLED + 1) == "minimum"


def test_the_slot_must_hold_it():
    assert refused(size=ROOM) is None
    assert refused(size=ROOM + 1) == "size"
    assert refused(size=0) == "size"


def test_bytecode_of_another_interpreter_is_refused():
    assert refused(interpreter=b"1.26.9") is None
    assert refused(interpreter=b"1.27.0") == "interpreter"


def test_an_interpreter_may_be_of_any_newer_version():
    assert refused(kind=INTERPRETER, interpreter=b"1.27.0") is None
    assert refused(kind=INTERPRETER, sequence=INSTALLED) == "version"


def test_what_is_no_manifest_is_refused():
    for fields in ({"magic": b"GVP\x02"}, {"kind": 2}, {"board": b"\xff"}, {"version": b"1 2"}):
        assert refused(**fields) == "manifest"
    for data in (b"", packed()[:-1], packed() + b"\0", bytes(BYTES), b"\xff" * BYTES):
        assert not Manifest(data).is_sound


def test_a_version_is_a_number_that_grows_with_it():
    versions = ("0.0.1", "0.1.0", "0.1.1", "0.10.0", "1.0.0", "1.2.999", "999.999.999")
    numbers = [sequence_of(version) for version in versions]
    assert numbers == sorted(numbers)
    assert numbers[-1] < 2**30
    for text in ("", "1", "1.2", "1.2.3.4", "1.2.x", "1.2.1000", "1.2.-3"):
        assert sequence_of(text) == 0

import sys

import app_slots as board
import vfs
from torn_flash import TornFlash, every_cut

KEPT = {}


def start(counts=True):
    """(slot, contents of its file) that a start finds."""
    import slots

    path = slots.start(counts)
    found = bytearray(8)
    n = open(path + "/" + board.PATH).readinto(found)  # noqa: SIM115
    vfs.umount(path)
    board.runs(path[1:])
    return path[1:], bytes(found[:n])


def refused(act):
    """What the OSError says."""
    try:
        act()
    except OSError as error:
        return str(error)
    raise AssertionError("it was not refused")


def slot_of_the_other():
    from sign.hal.app_slot import AppSlot

    return AppSlot()


def begin():
    slot_of_the_other().begin(board.OFFER[2:], board.SIGNATURE, 1)


def fresh():
    board.runs("a")
    return board.plug_in(board.flashed(), TornFlash(board.SLOT_BYTES, "app_b"))


def ready():
    """A board on which the new app is ready."""
    flashes = fresh()
    begin()
    assert board.write(board.Client())
    return flashes


def test_a_flashed_board_starts_its_only_app_and_counts_nothing():
    fresh()
    for _ in range(5):
        assert start() == ("a", b"old")


def test_a_new_app_is_tried_three_times_then_the_one_before_runs():
    ready()
    assert [start()[1] for _ in range(4)] == [b"new", b"new", b"new", b"old"]
    assert start() == ("a", b"old")


def test_a_soft_reset_is_no_start():
    ready()
    assert [start()[1] for _ in range(3)] == [b"new"] * 3
    assert [start(False)[1] for _ in range(3)] == [b"new"] * 3
    assert start()[1] == b"old"


def test_a_confirmed_app_stays():
    import slots

    ready()
    start()
    assert slots.on_trial()
    slots.confirm()
    assert not slots.on_trial()
    assert [start()[1] for _ in range(5)] == [b"new"] * 5


def test_an_app_that_was_given_up_is_left_at_once_and_the_last_one_never():
    import slots

    ready()
    start()
    assert slots.give_up()
    assert start() == ("a", b"old")
    assert not slots.give_up()
    assert start() == ("a", b"old")


def test_a_new_app_whose_bytes_have_rotted_is_not_tried():
    _, b = ready()
    b.writeblocks(1, b"\0", len(board.NEW) - 1)
    assert start() == ("a", b"old")


def test_where_both_were_given_up_one_runs_all_the_same():
    a, b = ready()
    for flash in (a, b):
        flash.writeblocks(0, bytes(4), 512 + 32 * 6)
    assert start()[1] in (b"old", b"new")


def test_without_any_app_the_start_says_so():
    board.plug_in(*[TornFlash(board.SLOT_BYTES, label) for label in ("app_a", "app_b")])
    import slots

    assert "no app" in refused(lambda: slots.start(True))


def test_faults_that_stood_before_are_known_to_the_new_app():
    ready()
    start()
    assert slot_of_the_other().faults_before() == 1 << 3


def test_another_body_than_the_signed_one_is_refused_and_not_fetched_again():
    fresh()
    begin()
    client = board.Client(content=board.NEW[:-1] + b"?")
    assert not board.write(client)
    assert client.reports[-1]["field"] == "sha256"
    assert slot_of_the_other().known(board.OFFER[2:], 1) == 2  # FAILED
    assert slot_of_the_other().known(board.OFFER[2:], 2) == 0  # UNKNOWN: another attempt
    assert start() == ("a", b"old")


def test_a_body_that_ends_too_early_is_refused():
    fresh()
    begin()
    client = board.Client(content=board.NEW[:4096])
    assert not board.write(client)
    assert client.reports[-1]["field"] == "size"
    assert start() == ("a", b"old")


def test_nothing_is_written_and_little_is_asked_while_a_stall_would_cost_a_warning():
    _, b = fresh()
    begin()
    before = b.operations
    board.Detector.stall_allowed = lambda self, now_ms: False
    client = board.Client()
    try:
        board.write(client, 50)
    except AssertionError:
        pass
    finally:
        board.Detector.stall_allowed = lambda self, now_ms: True
    assert b.operations == before
    assert client.asked <= 1


def test_after_a_reset_no_more_than_a_sector_is_fetched_again():
    fresh()
    begin()
    client = board.Client()
    try:
        board.write(client, 12)
    except AssertionError:
        pass
    asked, again = client.asked, board.Client()
    assert board.write(again)
    assert again.asked + asked <= -(-len(board.NEW) // 768) + 6


def test_with_the_power_cut_at_any_moment_there_is_a_whole_app_and_the_update_can_go_on():
    def make():
        board.runs("a")
        KEPT["a"] = board.flashed()
        return TornFlash(board.SLOT_BYTES, "app_b")

    def act(b):
        board.plug_in(KEPT["a"], b)
        begin()
        board.write(board.Client())
        assert start()[0] == "b"
        slot_of_the_other().confirm()

    def check(b, operation):
        board.plug_in(KEPT["a"], b)
        name, word = start()
        assert word == {"a": b"old", "b": b"new"}[name]
        if name == "a":
            if slot_of_the_other().known(board.OFFER[2:], 1) != 1:  # PART
                begin()
            assert board.write(board.Client())
            assert start() == ("b", b"new")
        slot_of_the_other().confirm()
        assert [start() for _ in range(4)] == [("b", b"new")] * 4
        b.close()
        KEPT["a"].close()

    assert every_cut(make, act, check) > 100


def test_the_pack_tells_what_is_a_folder_and_what_is_not_there():
    from pack import Pack

    a, _ = fresh()
    found = Pack(a)
    assert found.stat("/sign")[0] == 0x4000
    assert found.stat("/" + board.PATH)[6] == 3
    for path in ("/", "/sing", "/sign/word.tx", "/" + board.PATH + "/"):
        assert "ENOENT" in refused(lambda: found.stat(path))  # noqa: B023


sys.path.insert(0, __file__.rsplit("/", 3)[0])

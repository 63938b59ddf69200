import sys


class RTC:
    """Memory that outlives resets."""

    kept = b""

    def memory(self, *data):
        if data:
            RTC.kept = bytes(data[0])
        return RTC.kept


class Machine:
    RTC = RTC
    resets = 0

    def reset():
        Machine.resets += 1


class Loading:
    def load_listed(name):
        pass


class App:
    """Keeps what it is started with."""

    starts = []

    def run(healthy, last_crash, for_service):
        App.starts.append((healthy, last_crash, for_service))


class Package:
    loading, app = Loading, App


sys.modules["machine"], sys.modules["sign"] = Machine, Package
MARK = b"GVKS"
RECORD = b"GVK1\x03OSError: 5"


def start(kept):
    """Start with that in RTC memory; what the app is started with."""
    RTC.kept = kept
    sys.modules.pop("main", None)
    import main

    return main, App.starts[-1]


def test_a_start_for_service_is_one_start_and_keeps_the_record_of_failures():
    main, (healthy, last_crash, for_service) = start(MARK + RECORD)
    assert (last_crash, for_service) == ("OSError: 5", True)
    assert RTC.kept == RECORD
    assert main.failures() == (3, "OSError: 5")
    assert start(RTC.kept)[1][1:] == ("OSError: 5", False)
    healthy()
    assert start(RTC.kept)[1][1:] == ("", False)


def test_the_mark_alone_and_foreign_bytes_are_no_failures():
    for kept, marked in ((MARK, True), (b"", False), (b"GVK", False), (b"\xff" * 9, False)):
        main, (_, last_crash, for_service) = start(kept)
        assert (last_crash, for_service) == ("", marked)
        assert main.failures() == (0, "")

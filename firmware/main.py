"""Runs the sign's app. When the app fails: dark lamps, a pause that doubles each time, then a hard reset."""

import asyncio
import gc
import sys
import time

import machine

# RTC memory outlives resets, not power cuts: mark, number of failures in a row, text of the last one.
MARK = b"GVK1"
TEXT_CHARS_MAX = 160
FIRST_PAUSE_S = 2
MAX_PAUSE_S = 600
FAILURES_MAX = 255
# Before that record, where a technician has asked for a start that lets the session wait (restart "service").
SERVICE = b"GVKS"


def failures():
    """(failures in a row, text of the last one)."""
    kept = machine.RTC().memory()
    if len(kept) <= len(MARK) or kept[: len(MARK)] != MARK:
        return 0, ""
    return kept[len(MARK)], kept[len(MARK) + 1 :].decode()


def remember(count, text):
    plain = bytes(ord(char) & 0x7F for char in text[:TEXT_CHARS_MAX])  # must decode again whatever it held
    machine.RTC().memory(MARK + bytes((min(count, FAILURES_MAX),)) + plain)


def forget():
    """The app calls it once it has run well for a while."""
    machine.RTC().memory(b"")


def is_for_service():
    """Whether this start is for a technician. The mark is gone then: the next one is as ever."""
    kept = machine.RTC().memory()
    if kept[: len(SERVICE)] != SERVICE:
        return False
    machine.RTC().memory(kept[len(SERVICE) :])
    return True


def pause_s(count):
    """2 s after the first failure, doubled with each one up to ten minutes; it never gives up."""
    return min(FIRST_PAUSE_S << min(count - 1, 16), MAX_PAUSE_S)


def watch_repl():
    """A person takes over: keep the watchdog from resetting the chip under their hands.

    The app's tasks are let go first, for they may have left too little memory to load anything.
    """
    asyncio.new_event_loop()
    gc.collect()
    from sign.hal import watchdog

    watchdog.keep_fed()


def safe_mode(error):
    """The lamps are dark already: the app leaves them so, and a failed import never lit them."""
    count = failures()[0] + 1
    text = "%s: %s" % (type(error).__name__, error)
    sys.print_exception(error)
    remember(count, text)
    seconds = pause_s(count)
    print("safe mode: failure %d (%s), restart in %d s" % (count, text, seconds))
    try:
        watch_repl()
        from sign.services import distress

        distress.show()
    except Exception:
        pass  # the app never ran, so neither does the watchdog; the serial port says it all
    time.sleep(seconds)
    machine.reset()


def main():
    try:
        for_service = is_for_service()
        from sign import loading

        loading.load_listed("WARNING")
        from sign import app

        app.run(forget, failures()[1], for_service)
    except KeyboardInterrupt:
        watch_repl()
        print("stopped by hand")
    except Exception as error:
        safe_mode(error)


main()

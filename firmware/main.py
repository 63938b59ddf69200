"""Starts the sign on the rung where it stands (`ladder`). Whatever fails is noted, and the chip starts again."""

import asyncio
import gc
import sys

import machine

START_MS = 20_000  # a start takes 3 s; one that hangs is ended by the watchdog, and counted
AGAIN_S = 60
# Of the record of `ladder`, which is not loaded for this.
COUNTS_AT, STATE_AT, TOLD_AT = 4, 10, 12


def healthy(is_told):
    """The app is proved well: it stands on the first rung again. `is_told`: the controller knows what failed."""
    memory = machine.RTC().memory
    kept = memory()
    memory(kept[:COUNTS_AT] + bytes(STATE_AT - COUNTS_AT) + kept[STATE_AT : TOLD_AT if is_told else None])


def forget():
    """Let go of what is needed seldom."""
    for name in ("ladder", "rungs", "last"):
        sys.modules.pop(name, None)


def start():
    machine.WDT(timeout=START_MS)
    import ladder

    seconds, rung, last_crash, for_service = ladder.begin()
    if seconds:
        stand_in(seconds)
        ladder.rested()
        machine.reset()
    ladder = None
    forget()
    from sign import loading

    loading.load_listed("WARNING")
    from sign import app

    app.run(healthy, last_crash, for_service, rung)
    raise RuntimeError("the app ended")


def stand_in(seconds):
    import last

    last.run(seconds)


def fail(error):
    """Note it and start again; where not even that works the minimal sign stands in first."""
    sys.print_exception(error)
    release()
    try:
        import ladder

        ladder.failed(error)
    except Exception as other:
        sys.print_exception(other)
        stand_in(AGAIN_S)


def release():
    """The app's tasks are let go, for they may have left too little memory to load anything."""
    asyncio.new_event_loop()
    gc.collect()


def watch_repl():
    """A person takes over: keep the watchdog from resetting the chip under their hands."""
    release()
    import ladder
    import last

    last.keep_fed()
    ladder.stopped()


def main():
    try:
        try:
            start()
        except Exception as error:
            fail(error)
        machine.reset()
    except KeyboardInterrupt:
        watch_repl()
        print("stopped by hand")


main()

"""Starts the sign on the rung where it stands (`ladder`). Whatever fails is noted, and the chip starts again.

The app runs from here and not from a function: the ticks need each level of the C stack.
"""

import asyncio
import gc
import sys

from micropython import const

import machine

_START_MS = const(20_000)  # a start takes 3 s; one that hangs is ended by the watchdog, and counted
_AGAIN_S = const(60)
# Of the record of `ladder`, which is not loaded for this.
_COUNTS_AT = const(4)
_STATE_AT = const(10)
_TOLD_AT = const(12)


def healthy(is_told):
    """The app is proved well: on the first rung again. `is_told`: the controller knows what failed."""
    memory = machine.RTC().memory
    kept = memory()
    memory(
        kept[:_COUNTS_AT] + bytes(_STATE_AT - _COUNTS_AT) + kept[_STATE_AT : _TOLD_AT if is_told else None]
    )


def begun():
    """(whether this start is for a technician, rung), once the minimal sign has stood in long enough."""
    machine.WDT(timeout=_START_MS)
    import ladder

    seconds, rung, for_service = ladder.begin()
    if seconds:
        stand_in(seconds)
        ladder.rested()
        machine.reset()
    for name in ("ladder", "rungs"):  # seldom needed
        del sys.modules[name]
    return for_service, rung


def stand_in(seconds):
    import last

    last.run(seconds)


def fail(error):
    """Note it; where not even that works the minimal sign stands in."""
    sys.print_exception(error)
    release()
    try:
        import ladder

        ladder.failed(error)
    except Exception as other:
        sys.print_exception(other)
        stand_in(_AGAIN_S)


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


try:
    try:
        start = begun()
        from sign import loading

        loading.load_listed("WARNING")
        from sign import app

        app.run(healthy, *start)
    except Exception as error:
        fail(error)
    machine.reset()
except KeyboardInterrupt:
    watch_repl()
    print("stopped by hand")

"""The ladder of a sign whose app fails: which rung comes next, and how long the minimal sign stands in. Pure.

| rung    | the app runs with                                               | left upwards after     |
|---------|-----------------------------------------------------------------|------------------------|
| NORMAL  | the configuration in force                                      | 3 crashes or 2 hangs   |
| BACKUP  | the last configuration that was well for an hour                | 2 of either            |
| DEFAULT | the default one; the data partition is not read but made anew   | 2 of either            |
| (other) | the other slot, from NORMAL on, where there is a good one       | as that                |
| LAST    | no app: the minimal sign, then one try of the app from NORMAL   | the app fails again    |

A slot on trial is left after 2 failures, whatever the configuration. An app that was well for ten minutes is
on NORMAL again. Brown-outs are counted and never climb: they say something of the supply, nothing of the app.

`record` is a bytearray of `SIZE`; its places are named below. Those before STATE are zero when all is well.
"""

try:
    from micropython import const
except ImportError:

    def const(value):
        """Where the interpreter is another, the value itself."""
        return value


NORMAL = const(0)
BACKUP = const(1)
DEFAULT = const(2)
LAST = const(3)
NAMES = ("normal", "backup", "default", "last")
# Places in the record.
RUNG = const(0)
CRASHES = const(1)
HANGS = const(2)
BROWN_OUTS = const(3)
LASTS = const(4)
FAILURES = const(5)
STATE = const(6)
PAUSE = const(7)
SIZE = const(8)
# What went on when the chip was reset: nothing of ours, the app, the app had failed and said so.
IDLE = const(0)
RUNNING = const(1)
FAILED = const(2)
CRASH = const(1)  # kinds of failure are the places where they are counted
HANG = const(2)
# By rung and kind. A hang costs ten seconds of warnings, a crash one: so hangs are borne less often.
TRIES = ((3, 2), (2, 2), (2, 2))
TRIES_ON_TRIAL = const(2)
# After so many failures on a rung, none: just climbed. What went wrong once may have been a moment's matter.
PAUSES_S = (2, 0, 10)
# The minimal sign's first turn, doubled each time: it warns worse than the app, but each try costs a second.
LAST_S = const(600)
LAST_MAX_S = const(86_400)
COUNT_MAX = const(255)
STAYS = const(0)
CLIMBS = const(1)
GIVES_UP = const(2)


def is_possible(record):
    """Whether it can be a record: a brown-out may have garbled what was one."""
    if len(record) != SIZE or record[RUNG] > LAST or record[STATE] > FAILED:
        return False
    return record[RUNG] != LAST or record[LASTS] > 0


def failed(record, kind, on_trial=False):
    """Count a failure of the app; GIVES_UP asks for the other slot, and `given_up` must follow."""
    _count(record, kind)
    _count(record, FAILURES)
    rung = record[RUNG]
    if record[LASTS]:
        _settle(record, LAST)
        _count(record, LASTS)
        return CLIMBS
    failures = record[CRASHES] + record[HANGS]
    if on_trial and failures >= TRIES_ON_TRIAL:
        return GIVES_UP
    crashes, hangs = TRIES[rung]
    if record[CRASHES] < crashes and record[HANGS] < hangs:
        record[PAUSE] = 1
        return STAYS
    if rung == DEFAULT:
        return GIVES_UP
    _settle(record, rung + 1)
    return CLIMBS


def given_up(record, to_other):
    """The slot was left for the other one, or there is no good one."""
    if to_other:
        _settle(record, NORMAL)
    else:
        _settle(record, LAST)
        _count(record, LASTS)


def rested(record):
    """The minimal sign has stood in; from LAST the app is tried once more."""
    record[PAUSE] = 0
    if record[RUNG] == LAST:
        record[RUNG] = NORMAL


def pause_s(record):
    """How long the minimal sign stands in before the app's next try; 0 = not at all."""
    if not record[PAUSE]:
        return 0
    if record[RUNG] == LAST:
        return min(LAST_S << min(record[LASTS] - 1, 16), LAST_MAX_S)
    failures = record[CRASHES] + record[HANGS]
    return PAUSES_S[min(failures, len(PAUSES_S) - 1)]


def _count(record, place):
    record[place] = min(record[place] + 1, COUNT_MAX)


def _settle(record, rung):
    """Begin anew on a rung, after a pause if it is the last."""
    record[RUNG] = rung
    record[CRASHES] = record[HANGS] = 0
    record[PAUSE] = 1

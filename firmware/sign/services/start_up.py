"""What a sign reads before it is armed: wiring, configuration, identity, number of the boot.

Only functions that fill the running sign (app.Armed): this room is left after the start, and with it all that
only it needs.

On the ladder's rung BACKUP the last configuration that was well takes the place of the one in force, for this
start; on DEFAULT nothing of the data partition is believed, and the configuration is the default one.
"""

from sign import loading
from sign.compat import const
from sign.core import config as config_room
from sign.core import events, patterns
from sign.core import faults as codes
from sign.hal import store
from sign.services import identity as identity_room
from sign.services import keeping

# Rungs of the ladder, see `rungs`.
_BACKUP = const(1)
_DEFAULT = const(2)

_TRIAL = "services.config_trial"


def read(armed):
    """Set `wiring`, `config`, `config_errors`, `config_changed` (what is not as by default), `pattern`,
    `identity`, `trial`, `desired`, `incarnation`, `sign` (its whole name, None without identity), `boot`,
    `lost` (what of the data partition must be made anew: "", "data" for all of it, or a file), `config_sum`.

    What cannot be used stands in `faults` and `reasons`. StoreError where not even the wiring is known.
    """
    armed.lost = ""
    _mount(armed)
    armed.wiring = store.board()
    data = read_config(armed)
    armed.telemetry_s = armed.config.telemetry_s
    armed.config_changed = config_room.changed(armed.config)
    armed.pattern = patterns.get(armed.config.pattern, armed.config.user_pattern)
    armed.identity = _identity(armed)
    armed.incarnation = armed.identity["incarnation"] if armed.identity else None
    armed.sign = _name(armed.identity)
    armed.boot, error = store.next_boot()
    if error:
        _raise(armed, codes.STORE, error)
    if not (armed.rung or armed.trial):
        keeping.keep(armed, data)


def read_config(armed):
    """Set `config`, `config_errors`, `config_sum`, `trial` and `desired`; the bytes that are used.

    What is on trial comes before what is in force. Where it cannot be used whole it was meant for another
    wiring, or came to harm: it is given up.
    """
    armed.trial = armed.desired = None
    data = _config_bytes(armed)
    _load(armed, data)
    if armed.trial and armed.config_errors:
        _with_trial(armed, _give_up)
        armed.trial = None
        data = _config_bytes(armed)
        _load(armed, data)
    _tell_rung(armed)
    return data


def _load(armed, data):
    armed.config_sum = keeping.sum_of(data or b"")
    armed.config, armed.config_errors = config_room.load_bytes(data)
    _refuse_missing_port(armed)


def _with_trial(armed, work):
    """What `work(armed, room)` answers, with the room that knows of trials, which is rarely needed."""
    loading.load(_TRIAL)
    from sign.services import config_trial

    try:
        return work(armed, config_trial)
    except store.StoreError as error:
        _raise(armed, codes.STORE, error)
    finally:
        config_trial = None
        loading.leave(_TRIAL)


def _begin_trial(armed, room):
    """Bytes of the configuration on trial; None when there is none."""
    record = room.begin()
    armed.desired = room.refused()
    if not record:
        return None
    version = record["version"]
    armed.trial = {"version": version, "before": record["before"]}
    armed.desired = {"version": version, "state": "trial", "errors": []}
    return room.as_file(record)


def _give_up(armed, room):
    armed.desired = room.refuse(armed.trial["version"], room.ROLLED_BACK, armed.config_errors)


def lamp_segments(pattern):
    """The pattern in the form of the hardware."""
    return patterns.rmt_segments(pattern)


def error_numbers(armed):
    """What stands in the records of the configuration's errors."""
    indices = [config_room.field_index(field) for field, _, _ in armed.config_errors]
    return [index if index >= 0 else events.WHOLE_FILE for index in indices]


def schema_hash():
    """The hash of the configuration's field table."""
    return config_room.schema_hash()


def _refuse_missing_port(armed):
    config = armed.config
    if config.second_kind != "none" and "second" not in armed.wiring:
        error = ("second_kind", config.second_kind, "none: the board has one radar port")
        armed.config_errors.append(error)
        config.second_kind = "none"


def _mount(armed):
    try:
        if armed.rung == _DEFAULT:
            raise store.StoreError(store.DATA_LABEL, "not believed after several failures")
        if store.number(keeping.HALF_MADE):
            raise store.StoreError(store.DATA_LABEL, "not made anew to its end")
        store.mount()
    except store.StoreError as error:
        armed.lost = store.DATA_LABEL
        _raise(armed, codes.STORE, error)


def _config_bytes(armed):
    if armed.rung == _DEFAULT:
        return b"{}"
    if not armed.rung and (store.exists("config.try") or store.exists("config.no")):
        data = _with_trial(armed, _begin_trial)
        if data:
            return data
    data = store.read_bytes("config.json")
    if armed.rung == _BACKUP:
        return store.read_bytes("config.bak") or store.copy("config.json") or b"{}"
    return data


def _tell_rung(armed):
    if armed.rung:
        word = "the backup" if armed.rung == _BACKUP else "the default"
        armed.config_errors.append(("config", "failed several times", word + " is in force"))


def _identity(armed):
    """From the file; where that is damaged from its copy, and then the file must be made anew."""
    error = None
    for data in (store.read_bytes("identity.json"), store.copy("identity.json")):
        try:
            identity = store.parsed("identity.json", data)
            wrong = identity_room.problem(identity)
            if wrong is None:
                if error and not armed.lost:
                    armed.lost = "identity.json"
                    _raise(armed, codes.STORE, error)
                return identity
            refused = store.StoreError("identity.json", wrong)
        except store.StoreError as found:
            refused = found
        error = error or refused
    _raise(armed, codes.IDENTITY, error)
    return None


def _name(identity):
    return "/".join([identity[key] for key in ("municipality", "site", "sign")]) if identity else None


def _raise(armed, code, error):
    if armed.faults.set(code, 0):  # what went wrong first is the cause of the rest
        armed.reasons[codes.name(code)] = "%s: %s" % (error.name, error.why)

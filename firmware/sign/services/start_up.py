"""What a sign reads before it is armed: wiring, configuration, identity, number of the boot.

Only functions that fill the running sign (app.Armed): this room is left after the start, and with it all that
only it needs.

On the ladder's rung BACKUP the last configuration that was well takes the place of the one in force, for this
start; on DEFAULT nothing of the data partition is believed, and the configuration is the default one.
"""

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


def read(armed):
    """Set `wiring`, `config`, `config_errors`, `config_changed` (what is not as by default), `pattern`,
    `identity`, `incarnation`, `sign` (its whole name, None without identity), `boot`, `lost` (what of the
    data partition must be made anew: "", "data" for all of it, or a file) and `config_sum`.

    What cannot be used stands in `faults` and `reasons`. StoreError where not even the wiring is known.
    """
    armed.lost = ""
    _mount(armed)
    armed.wiring = store.board()
    data = _config_bytes(armed)
    armed.config_sum = keeping.sum_of(data or b"")
    armed.config, armed.config_errors = config_room.load_bytes(data)
    _tell_rung(armed)
    _refuse_missing_port(armed)
    armed.config_changed = config_room.changed(armed.config)
    armed.pattern = patterns.get(armed.config.pattern, armed.config.user_pattern)
    armed.identity = _identity(armed)
    armed.incarnation = armed.identity["incarnation"] if armed.identity else None
    armed.sign = _name(armed.identity)
    armed.boot, error = store.next_boot()
    if error:
        _raise(armed, codes.STORE, error)
    if not armed.rung:
        keeping.keep(armed, data)


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
        store.mount()
    except store.StoreError as error:
        armed.lost = store.DATA_LABEL
        _raise(armed, codes.STORE, error)


def _config_bytes(armed):
    if armed.rung == _DEFAULT:
        return b"{}"
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

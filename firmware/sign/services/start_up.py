"""What a sign reads before it is armed: wiring, configuration, identity, number of the boot.

Only functions that fill the running sign (app.Armed): this room is left after the start, and with it all that
only it needs.
"""

from sign import loading
from sign.core import config as config_room
from sign.core import events, patterns
from sign.core import faults as codes
from sign.hal import store
from sign.services import identity as identity_room

_TRIAL = "services.trial"


def read(armed):
    """Set `wiring`, `config`, `config_errors`, `config_changed` (what is not as by default), `pattern`,
    `identity`, `trial`, `desired`, `incarnation`, `sign` (its whole name, None without identity) and `boot`.

    What cannot be used stands in `faults` and `reasons`. StoreError where not even the wiring is known.
    """
    _mount(armed)
    armed.wiring = store.board()
    read_config(armed)
    _refuse_missing_port(armed)
    armed.config_changed = config_room.changed(armed.config)
    armed.pattern = patterns.get(armed.config.pattern, armed.config.user_pattern)
    armed.identity = _identity(armed)
    armed.incarnation = armed.identity["incarnation"] if armed.identity else None
    armed.sign = _name(armed.identity)
    armed.boot, error = store.next_boot()
    if error:
        _raise(armed, codes.STORE, error)


def read_config(armed):
    """Set `config`, `config_errors`, `trial` and `desired`: what is on trial, else what is in force."""
    armed.trial = armed.desired = None
    if store.exists("config.try") or store.exists("config.no"):
        loading.load(_TRIAL)
        from sign.services import trial

        _try(armed, trial)
        trial = None
        loading.leave(_TRIAL)
    if not armed.trial:
        armed.config, armed.config_errors = config_room.load_bytes(store.read_bytes("config.json"))


def _try(armed, trial):
    """What cannot be used as it is was meant for another wiring, or came to harm: it is given up."""
    try:
        record = trial.begin()
        armed.desired = trial.refused()
        if not record:
            return
        armed.config, armed.config_errors = config_room.load(trial.as_file(record))
        _refuse_missing_port(armed)
        version = record["version"]
        if armed.config_errors:
            armed.desired = trial.refuse(version, trial.ROLLED_BACK, armed.config_errors)
            return
        armed.trial = record
        armed.desired = {"version": version, "state": "trial", "errors": []}
    except store.StoreError as error:
        _raise(armed, codes.STORE, error)


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
        store.mount()
    except store.StoreError as error:
        _raise(armed, codes.STORE, error)


def _identity(armed):
    try:
        identity = store.read_json("identity.json")
        wrong = identity_room.problem(identity)
        if wrong is None:
            return identity
        error = store.StoreError("identity.json", wrong)
    except store.StoreError as refused:
        error = refused
    _raise(armed, codes.IDENTITY, error)
    return None


def _name(identity):
    return "/".join([identity[key] for key in ("municipality", "site", "sign")]) if identity else None


def _raise(armed, code, error):
    if armed.faults.set(code, 0):  # what went wrong first is the cause of the rest
        armed.reasons[codes.name(code)] = "%s: %s" % (error.name, error.why)

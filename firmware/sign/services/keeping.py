"""Second copies, so that a lost data partition costs the sign nothing: made at the start, before it is armed.

| what            | where                        | when                                                      |
|-----------------|------------------------------|-----------------------------------------------------------|
| wiring          | NVS `board`                  | whenever it is news (`store.board`)                       |
| configuration   | config.bak, NVS `config.json`| once it was in force for a good hour, by NVS `well`; the  |
|                 |                              | first one of all in NVS at once                           |
| identity        | NVS, by the files' names     | with another incarnation: these files never change        |
| renewed.der     | NVS                          | whenever it is news and its checksum is right             |
| brightness, PIR | NVS `last`                   | whenever it is news; for the minimal sign (`last`)        |
"""

import hashlib

from sign.hal import store

IDENTITY = ("ca.der", "ca2.der", "cert.der", "key.der", "identity.json")  # this last one says: all are there
RENEWED = "renewed.der"
HALF_MADE = "half_made"  # in NVS, while the partition is being made anew
_SUM_BYTES = 32
HAS_PIR = 0x80
HAS_LD2450 = 0x100


def sum_of(data):
    """A small int that names these bytes, never 0."""
    return int.from_bytes(hashlib.sha256(data).digest()[:3], "big") + 1


def keep(armed, data):
    """`data` are the bytes of the configuration in force. Stalls only where something is news."""
    if armed.config_errors:
        return
    news = [store.keep_number("last", _for_last(armed.config))]
    if store.is_mounted():
        _keep_files(armed, data, news)
    if any(news):
        store.commit()


def _keep_files(armed, data, news):
    """All that is news goes to NVS in one write."""
    is_proved = data and store.number("well") == sum_of(data)
    if is_proved or store.copy("config.json") is None:
        news.append(store.keep_copy("config.json", data or b""))
    if is_proved and store.read_bytes("config.bak") != data:
        _replace("config.bak", data)
    if armed.identity and not armed.lost:
        _keep_identity(armed.identity["incarnation"], news)


def _keep_identity(incarnation, news):
    kept = store.copy("identity.json")
    if not kept or incarnation.encode() not in kept:
        for name in IDENTITY:
            news.append(store.keep_copy(name, store.read_bytes(name) or b""))
        news.append(store.keep_copy(RENEWED, b""))
    renewed = store.read_bytes(RENEWED)
    if renewed and hashlib.sha256(renewed[_SUM_BYTES:]).digest() == renewed[:_SUM_BYTES]:
        news.append(store.keep_copy(RENEWED, renewed))


def _replace(name, data):
    try:
        store.replace(name, data)
    except store.StoreError as error:
        print("%s: %s" % (error.name, error.why))


def _for_last(config):
    pct = 0 if config.mode == "shadow" else config.dim_pct
    pir = HAS_PIR if config.pir_enabled else 0
    return pct | pir | (HAS_LD2450 if config.radar_kind == "ld2450" else 0)

"""The sign's certificates on its data partition: which are used, and how new ones take their place.

Flashed are ca.der, perhaps ca2.der, cert.der and key.der. A renewal is one file in the form of the wire
contract: SHA-256 of the rest, a UTC time that has passed, certificate, key, authorities. It is `fresh.der`
while it is on trial and `renewed.der` once the broker has let it in. Each step is one renaming, so a power
cut leaves what was before it or what comes after it.
"""

import hashlib
from binascii import hexlify

import tls

from sign.compat import const
from sign.hal import clock, store
from sign.services import log

FRESH = "fresh.der"
RENEWED = "renewed.der"
_SUM_BYTES = const(32)
_BODY_AT = const(36)  # behind the sum and the time
_POINT_BYTES = const(65)  # of a P-256 key: 4, x, y
_UNCOMPRESSED = const(4)
_FINGERPRINT_BYTES = const(8)
_AUTHORITIES_MAX = const(2)
_CLOCK_DIGITS = const(10)
_UTC_MAX_S = const(3_092_601_600)  # of 2068


class Unusable(Exception):
    """`why` there is no certificate to connect with."""

    def __init__(self, why):
        super().__init__(why)
        self.why = why


def first(built_utc_s):
    """(TLS context, fingerprint, whether it is on trial) of the newest that can be used. Unusable."""
    clock.raise_to(max(built_utc_s, _saved_utc_s()))
    for name in (FRESH, RENEWED):
        renewal = store.read_bytes(name)
        if renewal:
            try:
                return opened(renewal) + (name == FRESH,)
            except (OSError, ValueError) as error:
                print("%s: %s" % (name, error))
    return _flashed() + (False,)


def _saved_utc_s():
    """What the clock showed when it was last remembered; the controller had told it. 0: nobody knows."""
    saved = store.read_bytes("clock")
    utc_s = int(saved) if saved and saved.isdigit() and len(saved) <= _CLOCK_DIGITS else 0
    return utc_s if utc_s <= _UTC_MAX_S else 0


def settle(keyring):
    """Between two sessions: what the broker said of a certificate on trial, then what a renewal brought."""
    if keyring.on_trial and keyring.let_in is not None:
        judge(keyring)
    if keyring.is_renewed():
        take_over(keyring, keyring.pieces.joined())
    log.say("certificate %s, error: %s" % (keyring.fingerprint, keyring.error))


def judge(keyring):
    """The broker has spoken of the certificate that was used."""
    if not keyring.let_in:
        found = opened(store.read_bytes(FRESH) or b"") if keyring.is_spare else _before()
        keyring.is_spare = not keyring.is_spare
        keyring.context, keyring.fingerprint = found
        keyring.error = "the broker does not let the new certificate in"
        return
    if keyring.is_spare:
        store.remove(FRESH)
    else:
        store.rename(FRESH, RENEWED)
        keyring.error = None
    keyring.on_trial = keyring.is_spare = False


def take_over(keyring, renewal):
    """Put a renewal on trial. ValueError or OSError for one that cannot be used, StoreError."""
    found = opened(renewal)
    store.replace(FRESH, renewal)
    keyring.context, keyring.fingerprint = found
    keyring.on_trial, keyring.is_spare = True, False
    keyring.error = None


def opened(renewal):
    """(TLS context, fingerprint) of a renewal. ValueError or OSError when it cannot be used."""
    if len(renewal) <= _BODY_AT or hashlib.sha256(renewal[_SUM_BYTES:]).digest() != renewal[:_SUM_BYTES]:
        raise ValueError("checksum")
    parts = split(renewal, _BODY_AT)
    if not 3 <= len(parts) <= 2 + _AUTHORITIES_MAX:
        raise ValueError("%d parts, allowed 3..4" % len(parts))
    found = _context(parts[2:], parts[0], parts[1])
    clock.raise_to(int.from_bytes(renewal[_SUM_BYTES:_BODY_AT], "big"))
    return found


def split(data, at):
    """The DER values that follow each other from `at` to the end. ValueError when they do not fill it."""
    parts = []
    while at < len(data):
        size = _size(data, at)
        if size == 0 or at + size > len(data):
            raise ValueError("not DER at byte %d" % at)
        parts.append(data[at : at + size])
        at += size
    return parts


def _size(data, at):
    """Bytes of the SEQUENCE at `at` with its head; 0 when there is none of up to 64 KB."""
    head = data[at : at + 4]
    if len(head) < 4 or head[0] != 0x30:
        return 0
    if head[1] < 0x80:
        return 2 + head[1]
    if head[1] == 0x81:
        return 3 + head[2]
    return 4 + (head[2] << 8 | head[3]) if head[1] == 0x82 else 0


def _before():
    """What was in force before the one on trial."""
    renewal = store.read_bytes(RENEWED)
    return opened(renewal) if renewal else _flashed()


def _flashed():
    files = []
    for name in ("ca.der", "cert.der", "key.der"):
        files.append(store.read_bytes(name))
        if files[-1] is None:
            raise Unusable(name + ": absent")
    authority, certificate, key = files
    second = store.read_bytes("ca2.der")
    try:
        return _context([authority, second] if second else [authority], certificate, key)
    except (OSError, ValueError) as error:
        raise Unusable("certificates: %s" % error)


def _context(authorities, certificate, key):
    """(TLS context, fingerprint). The library takes a key that is another's, so that is looked at here."""
    point = key[-_POINT_BYTES:]
    if len(point) < _POINT_BYTES or point[0] != _UNCOMPRESSED or point not in certificate:
        raise ValueError("the key does not belong to the certificate")
    context = tls.SSLContext(tls.PROTOCOL_TLS_CLIENT)
    context.verify_mode = tls.CERT_REQUIRED
    for authority in authorities:
        context.load_verify_locations(authority)
    context.load_cert_chain(certificate, key)
    return context, hexlify(hashlib.sha256(certificate).digest()[:_FINGERPRINT_BYTES]).decode()

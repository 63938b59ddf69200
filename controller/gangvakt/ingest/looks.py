"""`targets` of the wire contract: what a sign sees, from bytes to a value of the live model."""

from __future__ import annotations

import struct

from gangvakt.errors import Unreadable
from gangvakt.fleet.look import REASONS, Look, LookTrack, TrackKind

VERSION = 1
HEAD, TRACK = struct.Struct(">BBBBIHHHH"), struct.Struct(">HiihhB")
MOST_TRACKS = 6
LARGEST = HEAD.size + MOST_TRACKS * TRACK.size
LONGEST_S = 60
NOTHING = 0xFFFF
MOST_IDENT = 32_767
MOST_MS = 2**30 - 1  # the sign's clock wraps behind it
MOST_MM = 100_000
WARNS, WINTER, LAMPS, PIR, SHADOW = (1 << bit for bit in range(5))


def parse_look(payload: bytes, now_ms: int) -> Look:
    """Unreadable, naming the field, for what does not follow the wire contract."""
    if payload[:1] != bytes([VERSION]):
        raise _refused("version", payload[:1].hex() or "nothing", str(VERSION))
    rest, over = divmod(len(payload) - HEAD.size, TRACK.size)
    if over or not 0 <= rest <= MOST_TRACKS:
        raise _refused("size", len(payload), f"{HEAD.size} + {TRACK.size} x 0..{MOST_TRACKS} bytes")
    _, left_s, flags, reason, sign_ms, track, t_kerb_ms, *ranges = HEAD.unpack_from(payload)
    _bound("left_s", left_s, 0, LONGEST_S)
    _bound("flags", flags, 0, 2 * SHADOW - 1)
    _bound("reason", reason, 0, len(REASONS) - 1)
    _bound("ms", sign_ms, 0, MOST_MS)
    _bound("track", track, 0, MOST_IDENT)
    return Look(
        received_ms=now_ms,
        sign_ms=sign_ms,
        left_s=left_s,
        tracks=tuple(_track(*told) for told in TRACK.iter_unpack(payload[HEAD.size :])),
        ranges_mm=tuple(mm for mm in ranges if mm != NOTHING),
        reason=REASONS[reason],
        track=track,
        t_kerb_ms=None if t_kerb_ms == NOTHING else t_kerb_ms,
        warns=bool(flags & WARNS),
        lamps=bool(flags & LAMPS),
        pir=bool(flags & PIR),
        winter=bool(flags & WINTER),
        is_shadow=bool(flags & SHADOW),
    )


def _track(ident: int, along: int, across: int, along_mm_s: int, across_mm_s: int, kind: int) -> LookTrack:
    _bound("number of a track", ident, 1, MOST_IDENT)
    _bound("along", along, -MOST_MM, MOST_MM)
    _bound("across", across, -MOST_MM, MOST_MM)
    _bound("kind", kind, 0, max(TrackKind))
    return LookTrack(ident, along, across, along_mm_s, across_mm_s, TrackKind(kind))


def _bound(field: str, value: int, least: int, most: int) -> None:
    if not least <= value <= most:
        raise _refused(field, value, f"{least}..{most}")


def _refused(field: str, value: object, allowed: str) -> Unreadable:
    return Unreadable("Targets", field, value, allowed)

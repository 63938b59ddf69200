"""`recording-hold`, `-release`, `-list` and `-fetch`: what the flight recorder keeps."""

from sign.proto.service import ServiceError


def recording_hold(status, obj):
    """Keep recording number `obj` whatever is recorded after it; nothing: the newest."""
    return _recording(status, "recording-hold").hold(status, obj)


def recording_release(status, obj):
    """Let recording number `obj` be overwritten again."""
    return _recording(status, "recording-release").release(status, obj)


def recording_list(status, obj):
    """What is kept."""
    return _recording(status, "recording-list").listed(status, obj)


def recording_fetch(status, obj):
    """Send recording number `obj` to the controller."""
    return _recording(status, "recording-fetch").fetch(status, obj)


def recording_read(status, obj):
    """Some bytes of a recording: `obj` is its number and a position."""
    return _recording(status, "recording-read").read(status, obj)


def _recording(status, verb):
    from sign.services import recording

    if status.flight.partition is None:
        raise ServiceError(verb, "no recorder", "a board with the partition recorder")
    return recording

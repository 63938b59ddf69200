"""`recording-hold`, `-release`, `-list` and `-fetch`: what the flight recorder keeps."""

from sign.proto.service import ServiceError


def recording_hold(status, obj):
    """Keep recording number `obj` whatever is recorded after it; nothing: the newest."""
    return _recording(status).hold(status, obj)


def recording_release(status, obj):
    """Let recording number `obj` be overwritten again."""
    return _recording(status).release(status, obj)


def recording_list(status, obj):
    """What is kept."""
    return _recording(status).listed(status, obj)


def recording_fetch(status, obj):
    """Send recording number `obj` to the controller."""
    return _recording(status).fetch(status, obj)


def recording_read(status, obj):
    """Some bytes of a recording: `obj` is its number and a position."""
    return _recording(status).read(status, obj)


def _recording(status):
    from sign.services import recording

    if status.flight is None:
        runs = "off" if status.armed.config.recorder == "off" else "no memory left for it"
        raise ServiceError("recorder", runs, "config recorder: on, from the next start")
    return recording

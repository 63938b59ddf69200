"""What the log has kept. Loaded only while somebody asks."""

from sign.compat import COUNT_MASK
from sign.services import log


def since(at, longest):
    """(text, position behind it, bytes that are lost) of what was said from position `at` on, None: all."""
    new = (log.end - at) & COUNT_MASK if at is not None else min(log.end, log.KEPT_BYTES)
    lost = max(0, new - log.KEPT_BYTES)
    new -= lost
    start = (log.end - new) & COUNT_MASK
    count = min(new, longest)
    at = start % log.KEPT_BYTES
    text = log.ring[at : at + count] + log.ring[: max(0, at + count - log.KEPT_BYTES)]
    return text.decode(), (start + count) & COUNT_MASK, lost

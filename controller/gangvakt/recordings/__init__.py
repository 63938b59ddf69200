"""Flight recordings that signs send: put together from pieces, checked, and kept as files."""

from gangvakt.recordings.flight_file import LARGEST, Head, read_head
from gangvakt.recordings.folder import RecordingFolder
from gangvakt.recordings.transfers import Progress, State, Transfers

__all__ = ["LARGEST", "Head", "Progress", "RecordingFolder", "State", "Transfers", "read_head"]

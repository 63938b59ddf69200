"""Fetches one file over the network, of which nothing remains unless it is the right one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from gangvakt.errors import ImageError, ImageMissing
from gangvakt.files import make_folder, write_file

TIMEOUT_S = 20.0  # without a byte
PIECE_BYTES = 64 * 1024

Progress = Callable[[int, int | None], None]  # (bytes so far, bytes in all where the server tells)


def fetch_file(
    name: str,
    url: str,
    path: Path | None,
    size_max: int,
    check: Callable[[bytes], None],
    progress: Progress | None = None,
) -> bytes:
    """The content of `url`, kept at `path` once `check` has let it pass (it raises otherwise).

    ImageMissing where the network fails, ImageError for more than `size_max` bytes, FolderUnusable where the
    file cannot be kept.
    """
    # Here, because it takes longer to load than an image takes to build, and is seldom needed.
    import httpx

    try:
        content = _content(url, size_max, progress)
    except httpx.HTTPStatusError as error:
        raise ImageMissing(name, url, f"the server answers {error.response.status_code}") from error
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        raise ImageMissing(name, url, f"cannot be fetched: {reason}") from error
    check(content)
    if path is not None:
        make_folder(path.parent)
        write_file(path, content)
    return content


def _content(url: str, size_max: int, progress: Progress | None) -> bytes:
    import httpx

    content = bytearray()
    with httpx.stream("GET", url, follow_redirects=True, timeout=TIMEOUT_S) as answer:
        answer.raise_for_status()
        told = answer.headers.get("content-length", "")
        total = int(told) if told.isdecimal() else None
        for piece in answer.iter_bytes(PIECE_BYTES):
            content += piece
            if len(content) > size_max:
                raise ImageError(url, "size", f"over {size_max} bytes", f"at most {size_max} bytes")
            if progress is not None:
                progress(len(content), total)
    return bytes(content)

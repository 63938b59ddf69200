"""The official image: from a file, the cache or its address; refused where it is not the pinned one."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from gangvakt.errors import FolderUnusable, ImageError, ImageMissing
from gangvakt.provision.board import BoardSpec, load_board
from gangvakt.provision.official import OfficialImage

from .official_file import official_file, pinned

FILE = official_file()
SPEC = pinned(load_board("esp32-devkitc"), FILE)
NOBODY = "http://127.0.0.1:9/image.bin"  # the discard port, where nobody listens


class Download:
    """A server with one file; `status` and `content` are what it answers with."""

    def __init__(self) -> None:
        self.status, self.content, self.asked = 200, FILE, 0
        self.length: int | None = None
        download = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                download.asked += 1
                self.send_response(download.status)
                self.send_header("content-length", str(download.length or len(download.content)))
                self.end_headers()
                self.wfile.write(download.content)

            def log_message(self, *_words: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/image.bin"
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture
def download() -> Iterator[Download]:
    download = Download()
    yield download
    download.stop()


@pytest.fixture
def board(download: Download) -> BoardSpec:
    return pinned(load_board("esp32-devkitc"), FILE, download.url)


def written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def refused_file(
    tmp_path: Path, content: bytes, spec: BoardSpec = SPEC, sha256: str | None = None
) -> ImageError:
    path = written(tmp_path / "image.bin", content)
    with pytest.raises(ImageError) as refusal:
        OfficialImage.open(spec, path, sha256, tmp_path / "cache")
    assert "\n" not in str(refusal.value)
    return refusal.value


@pytest.mark.parametrize(
    ("name", "offset"), [("esp32-devkitc", 0x1000), ("esp32-s3-devkitc", 0), ("esp32-c3-devkitm", 0)]
)
def test_boot_loader_and_interpreter_come_from_the_chip_s_places(tmp_path: Path, name: str, offset: int):
    spec = load_board(name)
    content = official_file(spec.board.chip, flash_mb=16)
    image = OfficialImage.open(pinned(spec, content), written(tmp_path / "image.bin", content))
    assert image.bootloader_offset == offset
    assert content.startswith(image.bootloader)
    assert content[0x10000 - offset :] == image.app
    assert image.sha256 == hashlib.sha256(content).hexdigest()


def test_the_boot_loader_is_told_of_the_board_s_flash(tmp_path: Path):
    spec = load_board("esp32-s3-devkitc")
    content = official_file("esp32s3", flash_mb=4)
    image = OfficialImage.open(pinned(spec, content), written(tmp_path / "image.bin", content))
    assert image.bootloader[3] >> 4 == 3  # 8 MB


def test_a_file_of_another_size_is_refused_with_both_sizes(tmp_path: Path):
    refusal = refused_file(tmp_path, FILE[:-1])
    assert (refusal.field, refusal.value) == ("size", f"{len(FILE) - 1} bytes")
    assert str(len(FILE)) in refusal.allowed
    assert "get it again" in refusal.allowed


def test_a_file_with_another_sum_is_refused_with_both_sums(tmp_path: Path):
    refusal = refused_file(tmp_path, FILE[:-1] + b"\0")
    assert refusal.field == "sha256"
    assert hashlib.sha256(FILE).hexdigest() in refusal.allowed


def test_a_file_of_another_chip_is_refused_by_both_names(tmp_path: Path):
    content = official_file("esp32s3")[0x1000:]
    refusal = refused_file(tmp_path, content, pinned(SPEC, content))
    assert (refusal.field, refusal.value) == ("first byte", "0xff")  # its boot loader begins elsewhere
    content = official_file("esp32c3")
    refusal = refused_file(tmp_path, content, pinned(load_board("esp32-s3-devkitc"), content))
    assert (refusal.field, refusal.value) == ("chip", "esp32c3")
    assert "esp32s3" in refusal.allowed


def test_a_truncated_file_is_refused_even_where_its_sum_is_vouched_for(tmp_path: Path):
    content = FILE[:-2000]
    refusal = refused_file(tmp_path, content, pinned(SPEC, None), hashlib.sha256(content).hexdigest())
    assert (refusal.field, "cut short" in refusal.allowed) == ("size", True)


def test_another_version_is_refused(tmp_path: Path):
    content = official_file(version="v1.25.0")
    refusal = refused_file(tmp_path, content, pinned(SPEC, content))
    assert (refusal.field, refusal.value) == ("version", "v1.25.0")
    assert "1.26.1" in refusal.allowed


def test_a_file_that_is_not_there_is_refused_by_its_name(tmp_path: Path):
    with pytest.raises(ImageError, match="No such file"):
        OfficialImage.open(SPEC, tmp_path / "image.bin")
    with pytest.raises(ImageError, match="--image"):
        OfficialImage.open(SPEC, tmp_path)


def test_a_board_without_a_sum_takes_the_one_that_is_given(tmp_path: Path):
    path, unknown = written(tmp_path / "image.bin", FILE), pinned(SPEC, None)
    with pytest.raises(ImageError, match="given with --sha256"):
        OfficialImage.open(unknown, path)
    given = hashlib.sha256(FILE).hexdigest()
    assert OfficialImage.open(unknown, path, given.upper()).sha256 == given


@pytest.mark.parametrize(
    ("given", "rule"), [("12", "64 hexadecimal"), ("0" * 64, "the sum in the board file")]
)
def test_a_sum_that_is_none_or_not_the_pinned_one_is_refused(tmp_path: Path, given: str, rule: str):
    refusal = refused_file(tmp_path, FILE, sha256=given)
    assert refusal.field == "--sha256"
    assert rule in refusal.allowed


def test_what_was_fetched_once_is_there_without_a_network(
    tmp_path: Path, board: BoardSpec, download: Download
):
    seen: list[tuple[int, int | None]] = []
    fetched = OfficialImage.open(board, cache_dir=tmp_path, progress=lambda *bytes_: seen.append(bytes_))
    assert seen[-1] == (len(FILE), len(FILE))
    assert OfficialImage.open(board, cache_dir=tmp_path, fetch=False) == fetched
    assert download.asked == 1


def test_a_damaged_file_in_the_cache_is_fetched_anew(tmp_path: Path, board: BoardSpec, download: Download):
    kept = written(tmp_path / board.image.file, FILE[:-5])
    OfficialImage.open(board, cache_dir=tmp_path)
    assert kept.read_bytes() == FILE
    kept.write_bytes(b"")
    with pytest.raises(ImageMissing, match="not in the cache"):
        OfficialImage.open(board, cache_dir=tmp_path, fetch=False)


def test_nothing_of_a_wrong_download_stays(tmp_path: Path, board: BoardSpec, download: Download):
    for content in (FILE[:-1] + b"\0", FILE[:-1], FILE + b"more"):
        download.content = content
        with pytest.raises(ImageError) as refusal:
            OfficialImage.open(board, cache_dir=tmp_path)
        assert refusal.value.source == download.url
    assert list(tmp_path.iterdir()) == []


def test_a_download_that_ends_early_is_refused(tmp_path: Path, board: BoardSpec, download: Download):
    download.content, download.length = FILE[:1000], len(FILE)
    with pytest.raises(ImageMissing, match="cannot be fetched"):
        OfficialImage.open(board, cache_dir=tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_server_that_refuses_is_told_by_its_number(tmp_path: Path, board: BoardSpec, download: Download):
    download.status = 404
    with pytest.raises(ImageMissing, match=r"answers 404.*--image"):
        OfficialImage.open(board, cache_dir=tmp_path)


def test_without_a_network_the_address_and_the_way_around_are_told(tmp_path: Path):
    with pytest.raises(ImageMissing) as missing:
        OfficialImage.open(pinned(SPEC, FILE, NOBODY), cache_dir=tmp_path)
    assert NOBODY in str(missing.value)
    assert "--image FILE" in str(missing.value)
    assert "\n" not in str(missing.value)


def test_an_image_without_an_address_must_be_given(tmp_path: Path):
    with pytest.raises(ImageMissing, match="--image FILE"):
        OfficialImage.open(SPEC, cache_dir=tmp_path)


def test_a_cache_that_cannot_be_written_is_told(tmp_path: Path, board: BoardSpec):
    with pytest.raises(FolderUnusable):
        OfficialImage.open(board, cache_dir=written(tmp_path / "file", b"") / "cache")

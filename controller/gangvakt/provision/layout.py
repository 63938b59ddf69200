"""What goes where in the flash of a board: every byte that a flashing writes, by region."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from gangvakt import __version__
from gangvakt.errors import ImageError
from gangvakt.provision.board import BoardSpec
from gangvakt.provision.image import (
    FIRMWARE_DIR,
    TABLE_OFFSET,
    build_images,
    littlefs_image,
    partition_table,
)
from gangvakt.provision.official import OfficialImage
from gangvakt.provision.pack import SECTOR

DATA = "data"  # the partition of identity, configuration and wiring
WIRING_FILE = "board.json"
BLANK = b"\xff"
# Slots in whose last sector the sign notes what update of the interpreter came into it.
UPDATED = ("ota_0", "ota_1")


@dataclass(frozen=True)
class Region:
    """Bytes for one place of the flash."""

    name: str
    offset: int
    data: bytes

    @property
    def end(self) -> int:
        return self.offset + len(self.data)


def flash_regions(
    spec: BoardSpec,
    official: OfficialImage,
    app_images: Mapping[str, bytes],
    data_files: Mapping[str, bytes],
) -> tuple[Region, ...]:
    """The regions of a working sign in the order of their offsets; ImageError where something does not fit.

    `app_images` are those of `app_images()`, `data_files` the files of the data partition by name, to which
    the wiring is added. The interpreter goes into every slot there is. Every other partition becomes blank,
    so that nothing of a board's past survives.
    """
    images = {**app_images, DATA: data_image(spec, data_files)}
    regions = [
        Region("bootloader", official.bootloader_offset, official.bootloader),
        Region("partition_table", TABLE_OFFSET, partition_table(spec)),
    ]
    for part in spec.partitions:
        content = official.app if part.type == "app" else images.get(part.name, BLANK * part.size)
        if len(content) > part.size:
            allowed = (
                f"at most the {part.size} bytes of the partition; boards/README.md says which image fits"
            )
            raise ImageError(spec.board.id, f"partition.{part.name}", f"{len(content)} bytes", allowed)
        regions.append(Region(part.name, part.offset, content))
        if part.subtype in UPDATED and len(content) <= part.size - SECTOR:
            regions.append(Region(f"{part.name}_notes", part.offset + part.size - SECTOR, BLANK * SECTOR))
    ordered = sorted(regions, key=lambda region: region.offset)
    _check_apart(spec, ordered)
    return tuple(ordered)


def app_images(spec: BoardSpec, firmware_dir: Path = FIRMWARE_DIR, trusted: bytes = b"") -> dict[str, bytes]:
    """Contents by partition name of all that is made from the firmware, alike for all boards of a kind.

    `trusted` are the keys (UpdateKeys.trusted) whose updates the sign takes; without any it takes none.
    """
    images = build_images(spec, {}, firmware_dir, trusted)
    return {name: content for name, content in images.items() if name != DATA}


def data_image(spec: BoardSpec, files: Mapping[str, bytes]) -> bytes:
    """The data partition with these files, by name, and the board's wiring."""
    wiring = json.dumps(spec.wiring(), sort_keys=True).encode()
    paths = {f"/{name}": content for name, content in {WIRING_FILE: wiring, **files}.items()}
    return littlefs_image(spec.partition(DATA), paths)


def manifest(spec: BoardSpec, official: OfficialImage, files: Mapping[str, Region]) -> dict[str, Any]:
    """What a folder of region files holds, by file name: enough to write and verify them by other means."""
    return {
        "v": 1,
        "gangvakt": __version__,
        "board": spec.board.id,
        "chip": spec.board.chip,
        "flash_size": spec.flash.size,
        "micropython": {"file": official.file, "version": official.version, "sha256": official.sha256},
        "regions": [
            {
                "name": region.name,
                "file": file,
                "offset": region.offset,
                "size": len(region.data),
                "sha256": hashlib.sha256(region.data).hexdigest(),
            }
            for file, region in files.items()
        ],
    }


def _check_apart(spec: BoardSpec, regions: Sequence[Region]) -> None:
    """The boot loader must end before the table; the table's rules keep the partitions apart."""
    for region, following in pairwise(regions):
        if region.end > following.offset:
            allowed = f"at most {following.offset - region.offset} bytes, where {following.name} begins"
            raise ImageError(spec.board.id, region.name, f"{len(region.data)} bytes", allowed)

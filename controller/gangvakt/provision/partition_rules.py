"""What a partition table must hold, and in which order of the flash."""

from __future__ import annotations

from collections.abc import Sequence

from gangvakt.provision.board_parts import TABLE_END, Partition, refusal

REQUIRED = ("nvs", "vfs", "app_a", "app_b", "data", "outbox", "recorder")  # what the firmware opens by name
OTADATA_SIZE = 0x2000  # two sectors, of which the boot loader reads the newer
TWO_SLOTS_FROM = 0x800000  # flash from which a second interpreter fits beside everything else
SUBTYPE_OF_NAME = {"nvs": "nvs", "romfs": "romfs"}


def check_partitions(parts: Sequence[Partition], flash_size: int) -> None:
    """PydanticCustomError for the first thing that is wrong."""
    _check_places(parts, flash_size)
    names = [part.name for part in parts]
    for name in names:
        if names.count(name) > 1:
            raise refusal("partition", name, "every name once")
    for name in REQUIRED:
        if name not in names:
            raise refusal("partition", ", ".join(names), f"a table with {name} as well")
    for part in parts:
        wanted = SUBTYPE_OF_NAME.get(part.name, part.subtype)
        if part.subtype != wanted:
            raise refusal(f"partition.{part.name}.subtype", part.subtype, wanted)
    sizes = {part.name: part.size for part in parts}
    if sizes["app_a"] != sizes["app_b"]:
        raise refusal("partition.app_b.size", hex(sizes["app_b"]), f"the size of app_a, {sizes['app_a']:#x}")
    _check_slots(parts, flash_size)


def _check_places(parts: Sequence[Partition], flash_size: int) -> None:
    end = TABLE_END
    for part in sorted(parts, key=lambda part: part.offset):
        if part.offset < end:
            raise refusal(
                f"partition.{part.name}.offset",
                hex(part.offset),
                f"from {end:#x} on, else it overlaps another",
            )
        end = part.end
        if end > flash_size:
            raise refusal(
                f"partition.{part.name}", f"ending at {end:#x}", f"inside the flash of {flash_size:#x}"
            )


def _check_slots(parts: Sequence[Partition], flash_size: int) -> None:
    """One interpreter in `factory`, or two in `ota_0` and `ota_1` between which `otadata` decides."""
    by_subtype = {part.subtype: part for part in parts if part.type == "app" or part.subtype == "ota"}
    found = ", ".join(sorted(by_subtype)) or "none"
    if set(by_subtype) == {"factory"}:
        if flash_size >= TWO_SLOTS_FROM:
            raise refusal("partition", found, "two interpreter slots, ota_0 and ota_1, with so much flash")
        return
    if set(by_subtype) != {"ota", "ota_0", "ota_1"}:
        raise refusal("partition", found, "the one app factory, or ota_0 and ota_1 with the subtype ota")
    first, second = by_subtype["ota_0"], by_subtype["ota_1"]
    if first.size != second.size:
        raise refusal("partition.ota_1.size", hex(second.size), f"the size of ota_0, {first.size:#x}")
    chooser = by_subtype["ota"]
    if chooser.size != OTADATA_SIZE:
        raise refusal(f"partition.{chooser.name}.size", hex(chooser.size), hex(OTADATA_SIZE))

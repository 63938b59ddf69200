"""What many signs can be told from a page, each with its bounds as the firmware has them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gangvakt.errors import SettingRefused
from gangvakt.provision.site_config import field_rules

FLASH_MOST_S = 60
IDENTIFY_MOST_S = 600


@dataclass(frozen=True)
class Verb:
    """`unit` and `bounds` of its number; None where it takes none. `usual` is what the form begins with."""

    name: str
    unit: str = ""
    bounds: tuple[int, int] | None = None
    usual: int = 0
    fixed: object = None  # what is sent where nothing can be chosen

    @property
    def key(self) -> str:
        """Of its texts."""
        return f"command_{self.name.replace('-', '_').replace(':', '_')}"

    @property
    def verb(self) -> str:
        """As the sign knows it."""
        return self.name.partition(":")[0]

    def args(self, told: object) -> object:
        """SettingRefused for a number out of bounds; the sign may allow less, and says so itself."""
        if self.bounds is None:
            return self.fixed
        least, most = self.bounds
        if isinstance(told, float) and told.is_integer():  # as a number field gives it
            told = int(told)
        if isinstance(told, int) and not isinstance(told, bool) and least <= told <= most:
            return told
        raise SettingRefused("command", self.name, told, f"{least}..{most} {self.unit}")


def _most(field: str) -> int:
    return int(field_rules()[field]["maximum"])


VERBS: Mapping[str, Verb] = {
    one.name: one
    for one in (
        Verb("mute", "min", (0, _most("mute_max_min")), 15),
        Verb("force-on", "s", (0, _most("force_max_s")), 60),
        Verb("flash", "s", (0, FLASH_MOST_S), 5),
        Verb("shadow:on", fixed=True),
        Verb("shadow:off", fixed=False),
        Verb("identify", "s", (0, IDENTIFY_MOST_S), 30),
        Verb("selftest"),
        Verb("restart"),
    )
}

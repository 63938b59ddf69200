"""What `gangvakt serve` can be told, and where its files lie."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path

from gangvakt.errors import SettingRefused

DEFAULT_DATA = Path("gangvakt-data")
LOOPBACK = "127.0.0.1"
DEFAULT_HOST = LOOPBACK
DEFAULT_HTTP_PORT = 8080
DEFAULT_MQTT_PORT = 8883  # the port registered for MQTT over TLS
HIGHEST_PORT = 65535
MOST_DAYS = 36_500
EMBEDDED, MOSQUITTO = "embedded", "mosquitto"

_HOST = re.compile(r"(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*")

TILE_PARTS = ("{z}", "{x}", "{y}")
MOST_TILES_URL, MOST_CREDIT = 300, 120
# Nothing in it may end the policy's list of sources: neither blanks nor semicolons nor commas.
_TILES = re.compile(r"(https?://([A-Za-z0-9.-]+)(?::[0-9]{1,5})?)/[A-Za-z0-9{}/._~?&=@%+-]+")


def check_host(field: str, host: str) -> str:
    """A host name or IP address in lower case; refused otherwise."""
    lowered = host.lower()
    try:
        return str(ipaddress.ip_address(lowered))
    except ValueError:
        if _HOST.fullmatch(lowered):
            return lowered
    raise SettingRefused("options", field, host, "a host name or an IP address")


def check_port(field: str, port: int) -> int:
    """A TCP port; 0 lets the system choose a free one."""
    if 0 <= port <= HIGHEST_PORT:
        return port
    raise SettingRefused("options", field, port, f"0..{HIGHEST_PORT}")


def parse_address(field: str, text: str) -> tuple[str, int]:
    """Host and port of HOST:PORT, an IPv6 address in brackets; a port alone is this computer's own."""
    host, colon, port = text.rpartition(":")
    host = host.removeprefix("[").removesuffix("]") if host.startswith("[") else host
    if not (port.isascii() and port.isdigit()) or (colon and not host) or len(port) > 5:
        raise SettingRefused("options", field, text[:80], f"HOST:PORT, the port 0..{HIGHEST_PORT}")
    return check_host(field, host or LOOPBACK), check_port(field, int(port))


def is_loopback(host: str) -> bool:
    """Whether only programs of this computer can reach `host`."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


@dataclass(frozen=True)
class Keep:
    """For how many days rows are kept; 0 is for ever."""

    events: int = 400  # a year, and a month to compare it with the year before
    dead_letters: int = 30
    commands: int = 730  # who told which sign what: names of staff stand there
    hours: int = 1100  # hourly roll-ups; the daily ones stay
    audit_personal: int = 1100  # what the audit says about people; who did what stays
    rollouts: int = 1100  # after their end, with every move: names of staff stand there
    artifacts: int = 1100  # update files that no rollout has, but for the newest two of a kind

    def __post_init__(self) -> None:
        for one in fields(self):
            days = getattr(self, one.name)
            if not 0 <= days <= MOST_DAYS:
                raise SettingRefused(
                    "options", f"--keep {one.name}", days, f"0..{MOST_DAYS} days, 0: for ever"
                )

    @classmethod
    def parse(cls, options: Sequence[str]) -> Keep:
        """From NAME=DAYS each; the last one of a name counts."""
        names, held = [one.name for one in fields(cls)], {}
        for option in options:
            name, _, days = option.partition("=")
            name = name.strip().replace("-", "_")
            if name not in names or not re.fullmatch(r"[0-9]{1,5}", days.strip()):
                allowed = f"NAME=DAYS, with NAME one of {', '.join(names)}"
                raise SettingRefused("options", "--keep", option[:64], allowed)
            held[name] = int(days)
        return cls(**held)


@dataclass(frozen=True)
class Tiles:
    """A server of map tiles, which the readers' browsers ask; `url` has {z}, {x} and {y} in its path."""

    url: str
    credit: str = ""  # shown on the map, as most servers ask for

    def __post_init__(self) -> None:
        found = _TILES.fullmatch(self.url)
        if not found or len(self.url) > MOST_TILES_URL or any(part not in self.url for part in TILE_PARTS):
            allowed = f"https://HOST/PATH with {', '.join(TILE_PARTS)}, at most {MOST_TILES_URL} characters"
            raise SettingRefused("options", "--tiles", self.url[:80], allowed)
        check_host("--tiles", found[2])
        if len(self.credit) > MOST_CREDIT or not self.credit.isprintable():
            allowed = f"at most {MOST_CREDIT} printable characters"
            raise SettingRefused("options", "--tiles-credit", self.credit[:80], allowed)

    @property
    def origin(self) -> str:
        """What the pages' policy lets pictures come from."""
        found = _TILES.fullmatch(self.url)
        return found[1] if found else ""


@dataclass(frozen=True)
class Settings:
    """Checked settings of one controller; `names` are the hosts by which signs reach it.

    `broker` is EMBEDDED, MOSQUITTO or the mqtts:// URL of one that runs already; `broker_files` is where the
    files of a Mosquitto lie.
    """

    data: Path = DEFAULT_DATA
    host: str = DEFAULT_HOST
    http_port: int = DEFAULT_HTTP_PORT
    mqtt_port: int = DEFAULT_MQTT_PORT
    names: tuple[str, ...] = ()
    keep: Keep = field(default_factory=Keep)
    store: str | None = None  # a URL; without it what `store_url` holds, else `database`
    broker: str = EMBEDDED
    broker_files: Path | None = None
    http_host: str | None = None  # where pages and API are, where that is not `host`
    public_url: str | None = None  # where people reach the pages, for what is sent to them
    public: tuple[str, int] | None = None  # host and port of what is open to everybody; None: with the pages
    tiles: Tiles | None = None  # without, the map is drawn from what was imported
    staff_url: str | None = None  # where staff reach the pages; told to whoever reads a page of the public

    def __post_init__(self) -> None:
        check_host("--host", self.host)
        check_host("--http", self.pages_host)
        check_port(self.http_option, self.http_port)
        check_port("--mqtt-port", self.mqtt_port)
        self._check_public()
        for name in self.names:
            check_host("--name", name)
        if self.http_port == self.mqtt_port != 0:
            raise SettingRefused("options", self.http_option, self.http_port, "another port than --mqtt-port")

    def _check_public(self) -> None:
        if self.public is None:
            return
        host, port = self.public
        check_host("--public", host)
        check_port("--public", port)
        if port != 0 and port in (self.http_port, self.mqtt_port):
            raise SettingRefused("options", "--public", port, "a port that is neither for staff nor signs")

    @property
    def pages_host(self) -> str:
        return self.http_host or self.host

    @property
    def http_option(self) -> str:
        """The option by which people told the port of the pages."""
        return "--http" if self.http_host else "--http-port"

    @property
    def pki_dir(self) -> Path:
        return self.data / "pki"

    @property
    def mosquitto_dir(self) -> Path:
        return self.broker_files or self.data / "mosquitto"

    @property
    def updates_dir(self) -> Path:
        return self.data / "updates"

    @property
    def recordings_dir(self) -> Path:
        return self.data / "recordings"

    @property
    def ground_map(self) -> Path:
        """GeoJSON that is drawn below the signs, where somebody imported it."""
        return self.data / "map.geojson"

    @property
    def photos_dir(self) -> Path:
        return self.data / "photos"

    @property
    def update_keys_dir(self) -> Path:
        return self.updates_dir / "keys"

    @property
    def database(self) -> Path:
        return self.data / "gangvakt.db"

    @property
    def store_url(self) -> Path:
        """Where `gangvakt serve --store` notes its URL, so that other commands find the store as well."""
        return self.data / "store.url"

    @property
    def session_key(self) -> Path:
        return self.data / "session.key"

    @property
    def links_key(self) -> Path:
        return self.data / "links.key"

    @property
    def audit_dir(self) -> Path:
        """Where the heads of the audit's chain are kept."""
        return self.data / "audit"

    @property
    def seal_dir(self) -> Path:
        return self.data / "seal"

    @property
    def server_names(self) -> tuple[str, ...]:
        """Every name the server certificate must carry."""
        bound = () if is_wildcard(self.host) else (self.host,)
        return tuple(dict.fromkeys(("localhost", LOOPBACK, *bound, *self.names)))


def is_wildcard(host: str) -> bool:
    """Whether `host` stands for every address of this computer."""
    return host in ("0.0.0.0", "::")

"""Where a store lies: an SQLite file, or a database of a PostgreSQL server."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from gangvakt.errors import NoDatabase, SettingRefused
from gangvakt.settings import Settings

ALLOWED = "sqlite:///PATH or postgresql://USER[:PASSWORD]@HOST[:PORT]/DATABASE"
LONGEST = 1024  # characters
POSTGRESQL_NAMES = ("postgresql", "postgres")  # libpq takes both


@dataclass(frozen=True)
class StoreAddress:
    """A checked address. `path` is the SQLite file, None on PostgreSQL; `str` never shows a password."""

    url: URL
    path: Path | None = None

    @classmethod
    def of(cls, where: StoreAddress | Path | str) -> StoreAddress:
        """A path is one of an SQLite file, a text is a URL; SettingRefused otherwise."""
        if isinstance(where, StoreAddress):
            return where
        return cls.of_path(where) if isinstance(where, Path) else cls.parse(where)

    @classmethod
    def of_path(cls, path: Path) -> StoreAddress:
        return cls(URL.create("sqlite+aiosqlite", database=str(path)), path)

    @classmethod
    def parse(cls, text: str, field: str = "--store") -> StoreAddress:
        """SettingRefused tells the text only where no password can be in it."""
        try:
            url = make_url(text[:LONGEST].strip())
            host, database = url.query.get("host") or url.host, url.database
        except (ArgumentError, ValueError):
            raise SettingRefused("options", field, text.partition(":")[0], ALLOWED) from None
        if url.drivername == "sqlite" and database and not (url.host or url.query):
            return cls.of_path(Path(database))
        if url.drivername in POSTGRESQL_NAMES and host and database:
            return cls(url.set(drivername="postgresql+asyncpg"))
        raise SettingRefused("options", field, url.render_as_string(hide_password=True), ALLOWED)

    @property
    def libpq(self) -> str:
        """As PostgreSQL's own programs take it, with the password."""
        return self.url.set(drivername="postgresql").render_as_string(hide_password=False)

    @property
    def plain(self) -> str:
        """What `parse` takes, with the password: for a private file."""
        return f"sqlite:///{self.path}" if self.path else self.libpq

    def __str__(self) -> str:
        if self.path is not None:
            return str(self.path)
        return self.url.set(drivername="postgresql").render_as_string(hide_password=True)


def address_of(settings: Settings) -> StoreAddress:
    """By the option, else by what `gangvakt serve --store` noted in the data folder, else the file there."""
    if settings.store is not None:
        return StoreAddress.parse(settings.store)
    try:
        noted = settings.store_url.read_text(encoding="utf-8")
    except FileNotFoundError:
        return StoreAddress.of_path(settings.database)
    except (OSError, UnicodeDecodeError) as error:
        raise SettingRefused("options", str(settings.store_url), type(error).__name__, ALLOWED) from error
    return StoreAddress.parse(noted, str(settings.store_url))


def known_address(settings: Settings) -> StoreAddress:
    """NoDatabase where no controller has ever worked."""
    address = address_of(settings)
    if address.path is not None and not address.path.exists():
        raise NoDatabase(settings.data)
    return address

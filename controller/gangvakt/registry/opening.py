"""Which controller, folder or bundle a command works with."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from gangvakt.errors import NobodySigns, SettingRefused
from gangvakt.files import make_folder, write_file
from gangvakt.provision.bundle_issuer import BundleIssuer
from gangvakt.provision.issuer import Issuer, KeyIssuer
from gangvakt.provision.passphrase import Passphrase, from_environment
from gangvakt.provision.wire import checked
from gangvakt.registry.local import LocalOffice
from gangvakt.registry.office import Office
from gangvakt.registry.remote import ApiOffice
from gangvakt.settings import DEFAULT_DATA

LOGIN_FILE = "login.json"
LARGEST_LOGIN = 8192


class SavedLogin(BaseModel):
    """A session at a controller, as `gangvakt login` keeps it."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    url: str
    user: str
    token: str


@dataclass(frozen=True)
class IssuerOptions:
    """What a command was told. A bundle comes first, then a data folder, then the log-in in `config_folder`;
    without any of them the data folder in the working folder, where there is one. `passphrase` is that of the
    bundle."""

    config_folder: Path
    data: Path | None = None
    bundle: Path | None = None
    passphrase: str | None = None
    authority_passphrase: Passphrase = from_environment


def open_issuer(options: IssuerOptions) -> Issuer:
    """NobodySigns when there is nobody; SettingRefused for a bundle without a passphrase."""
    if options.bundle is None:
        return KeyIssuer(open_office(options))
    if options.passphrase is None:
        raise SettingRefused("options", "--bundle", str(options.bundle), "with its passphrase")
    return BundleIssuer(options.bundle, options.passphrase)


def open_office(options: IssuerOptions) -> Office:
    """The registry near or far; NobodySigns when there is neither."""
    if options.data is not None:
        return LocalOffice(options.data, options.authority_passphrase)
    login = saved_login(options.config_folder)
    if login is not None:
        return ApiOffice(login.url, login.token)
    if DEFAULT_DATA.is_dir():
        return LocalOffice(DEFAULT_DATA, options.authority_passphrase)
    raise NobodySigns


def saved_login(folder: Path) -> SavedLogin | None:
    """None when nobody has logged in; SettingRefused for a damaged file."""
    path = folder / LOGIN_FILE
    try:
        with path.open("rb") as file:
            return checked(SavedLogin, str(path), file.read(LARGEST_LOGIN))
    except FileNotFoundError:
        return None
    except OSError as error:
        raise SettingRefused("options", "log-in", str(path), f"a readable file ({error.strerror})") from error


def save_login(folder: Path, login: SavedLogin) -> None:
    """Readable by its owner only."""
    make_folder(folder, 0o700)
    write_file(folder / LOGIN_FILE, json.dumps(login.model_dump()).encode(), private=True)


def forget_login(folder: Path) -> None:
    (folder / LOGIN_FILE).unlink(missing_ok=True)

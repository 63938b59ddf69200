"""The values of which the documents in `wire` are made, each with its bounds."""

from __future__ import annotations

import base64
import json
from typing import Annotated, Any

from pydantic import AfterValidator, Field

from gangvakt.errors import SettingRefused
from gangvakt.fleet import SignId, SiteId
from gangvakt.provision.site_address import check_address
from gangvakt.provision.site_config import check_config
from gangvakt.provision.update_keys import MODULUS_BYTES
from gangvakt.settings import HIGHEST_PORT, check_host

LONGEST_TITLE = 80
MOST_BROKERS = 4
MOST_SITES = 50  # of a bundle
MOST_SIGNS = 500  # of a bundle
MOST_DAYS = 60  # of a bundle: a season of mounting, after which a lost laptop opens nothing
MOST_ENTRIES = 12  # of one synchronisation: their reports together fit into one request
LARGEST_REPORT = 16 * 1024  # characters of JSON
MOST_KEYS = 2  # that sign updates
LARGEST_CERTIFICATE = 4096  # characters of base64; ours take 800

MAC_PATTERN = r"^[0-9a-f]{12}$"
NAME_PATTERN = r"^[a-z0-9][a-z0-9-]{0,31}$"
ID_PATTERN = r"^[0-9a-f]{8}$"
FINGERPRINT_PATTERN = r"^[0-9a-f]{64}$"
PRINTABLE = r"^[^\x00-\x1f\x7f]*$"


def _is_site(text: str) -> str:
    return str(SiteId.parse(text))


def _is_sign(text: str) -> str:
    return str(SignId.parse(text))


def _is_host(text: str) -> str:
    return check_host("broker", text)


def _is_keys(text: str) -> str:
    try:
        keys = base64.b64decode(text, validate=True) if len(text) <= LARGEST_CERTIFICATE else None
    except ValueError:
        keys = None
    if keys is None or len(keys) not in range(0, (MOST_KEYS + 1) * MODULUS_BYTES, MODULUS_BYTES):
        raise SettingRefused(
            "kit", "trusted", text[:20], f"at most {MOST_KEYS} moduli of {MODULUS_BYTES} bytes"
        )
    return text


def _is_report(report: dict[str, Any]) -> dict[str, Any]:
    size = len(json.dumps(report))
    if size > LARGEST_REPORT:
        raise SettingRefused("report", "size", size, f"at most {LARGEST_REPORT} characters")
    return report


SiteText = Annotated[str, AfterValidator(_is_site)]
SignText = Annotated[str, AfterValidator(_is_sign)]
Mac = Annotated[str, Field(pattern=MAC_PATTERN)]
BoardName = Annotated[str, Field(pattern=NAME_PATTERN)]
BundleId = Annotated[str, Field(pattern=ID_PATTERN)]
Incarnation = Annotated[str, Field(pattern=ID_PATTERN)]
Fingerprint = Annotated[str, Field(pattern=FINGERPRINT_PATTERN)]
Title = Annotated[str, Field(min_length=1, max_length=LONGEST_TITLE, pattern=PRINTABLE)]
Address = Annotated[str, AfterValidator(check_address)]
Config = Annotated[dict[str, Any], AfterValidator(check_config)]
Broker = tuple[Annotated[str, AfterValidator(_is_host)], Annotated[int, Field(ge=1, le=HIGHEST_PORT)]]
Apn = Annotated[str, Field(pattern=r"^[A-Za-z0-9.-]{1,63}$")]  # it stands in a command to the modem
Brokers = Annotated[tuple[Broker, ...], Field(min_length=1, max_length=MOST_BROKERS)]
Certificate64 = Annotated[str, Field(min_length=1, max_length=LARGEST_CERTIFICATE)]
Trusted64 = Annotated[str, AfterValidator(_is_keys)]  # moduli of the keys that sign updates, "" for none
Report = Annotated[dict[str, Any], AfterValidator(_is_report)]

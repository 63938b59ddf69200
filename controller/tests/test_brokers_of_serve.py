"""Which certificates of signs `gangvakt serve` renews on a Mosquitto, which does not tell what signs show."""

from __future__ import annotations

from pathlib import Path

import pytest

from gangvakt.cli.brokers import Shown
from gangvakt.fleet import LiveFleet
from gangvakt.ingest.messages import parse_status
from gangvakt.provision.certificates import fingerprint
from gangvakt.provision.pki import Pki

from .support import NORTH, SOUTH
from .wire import NOW_MS, status


def test_a_sign_whose_certificate_is_not_kept_is_told_once_since_nobody_renews_it(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    pki, fleet = Pki.open(tmp_path), LiveFleet()
    known, older = (pki.issue_sign(sign).certificate for sign in (NORTH, SOUTH))
    pki.issued.keep(known)
    for path in (tmp_path / "issued").glob(f"{fingerprint(older)}.der"):
        path.unlink()  # as of a controller that did not keep them yet
    for sign, certificate in ((NORTH, known), (SOUTH, older)):
        told = parse_status(status(certificate=fingerprint(certificate)[:16]))
        assert told is not None
        fleet.put_status(sign, told, NOW_MS)
    shown = Shown(fleet, pki)
    assert shown() == shown() == {str(NORTH): known}
    (said,) = caplog.messages
    assert f"{SOUTH} is online with the certificate {fingerprint(older)[:16]}" in said
    assert "gangvakt flash --again" in said

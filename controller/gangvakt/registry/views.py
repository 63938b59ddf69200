"""How the registry's rows are told."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from cryptography import x509

from gangvakt.fleet.signs import SHADOW
from gangvakt.provision.wire import BundleOut, RegistrationOut
from gangvakt.registry.ground import ends_ms
from gangvakt.store.records import BundleRecord, Registration

NOTHING_SAID: Mapping[str, Any] = {}


def own_status(one: Registration, text: str | None) -> Mapping[str, Any]:
    """What a sign said of itself with the identity of this registration; `text` is its last status."""
    status = json.loads(text) if text else {}
    is_own = one.incarnation in (None, status.get("incarnation"))
    return status if is_own else NOTHING_SAID


def is_shadow(status: Mapping[str, Any]) -> bool | None:
    """Whether it decides and logs with dark lamps; None when it has not said it."""
    return status["mode"] == SHADOW if "mode" in status else None


def registration_out(one: Registration, status: Mapping[str, Any] = NOTHING_SAID) -> RegistrationOut:
    newest = one.certificates[-1] if one.certificates else None
    return RegistrationOut(
        sign=str(one.sign),
        mac=one.mac,
        board=one.board,
        state=one.state.value,
        issued_by=one.issued_by,
        incarnation=one.incarnation,
        fingerprint=newest.fingerprint if newest else None,
        serial=newest.serial if newest else None,
        ends_ms=newest.ends_ms if newest else None,
        created_ms=one.created_ms,
        registered_ms=one.registered_ms,
        changed_ms=one.changed_ms,
        expires_ms=one.expires_ms,
        replaces=str(one.replaces) if one.replaces else None,
        why=one.why,
        versions=dict(one.versions),
        report=dict(one.report),
        is_shadow=is_shadow(status),
    )


def bundle_out(one: BundleRecord) -> BundleOut:
    return BundleOut(
        id=one.id,
        label=one.label,
        sites=one.sites,
        limit=one.most_signs,
        used=one.used,
        created_ms=one.created_ms,
        expires_ms=one.expires_ms,
        revoked_ms=one.revoked_ms,
        ends_ms=ends_ms(x509.load_der_x509_certificate(one.certificate)),
    )

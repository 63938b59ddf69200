"""Telling the controller what a bundle has signed meanwhile."""

from __future__ import annotations

import json
from pathlib import Path

from gangvakt.provision.bundle import read_header
from gangvakt.provision.bundle_issuer import read_bundle_file
from gangvakt.provision.bundle_journal import BundleJournal, Signed
from gangvakt.provision.wire import SyncEntry, SyncIn, SyncResult
from gangvakt.provision.wire_values import MOST_ENTRIES
from gangvakt.registry.office import Office


def sync_bundle(office: Office, path: Path) -> tuple[SyncResult, ...]:
    """All that was not told before. What was taken in is not told again, a conflict is: it may be solved."""
    bundle = read_header(read_bundle_file(path)).id
    journal = BundleJournal(path)
    if not journal.path.exists():
        return ()
    with journal.alone() as page:
        waiting = page.to_tell()
    results: list[SyncResult] = []
    for start in range(0, len(waiting), MOST_ENTRIES):
        part = waiting[start : start + MOST_ENTRIES]
        answers = office.sync(bundle, SyncIn(entries=tuple(entry_of(signed) for signed in part)))
        with journal.alone() as page:
            for signed, answer in zip(part, answers, strict=True):
                if answer.result != "conflict":
                    page.told(signed.fingerprint)
        results += answers
    return tuple(results)


def entry_of(signed: Signed) -> SyncEntry:
    """As the controller is told it."""
    return SyncEntry(
        certificate=signed.certificate,
        mac=signed.mac,
        board=signed.board,
        incarnation=signed.incarnation,
        registered_ms=signed.registered_ms or signed.begun_ms,
        again=signed.again,
        replaces=signed.replaces,
        report=json.loads(signed.report),
    )

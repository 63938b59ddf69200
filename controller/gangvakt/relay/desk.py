"""All that the API and the pages are given of relays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gangvakt.errors import Missing, RelayRefused
from gangvakt.fleet.names import check_name
from gangvakt.relay.channels import OPTIONS, check_way
from gangvakt.relay.notifier import Notifier
from gangvakt.relay.switchboard import Relays
from gangvakt.relay.types import check_model
from gangvakt.store.notices import Contact, NoticeTable

MOST_CONTACTS = 200
LONGEST_NAME = 64


@dataclass(frozen=True)
class RelayDesk:
    """Relays, those who are told, and the ways to them. RelayRefused and Missing."""

    relays: Relays
    notifier: Notifier
    notices: NoticeTable

    async def contact(self, number: int) -> Contact:
        for contact in await self.notices.contacts():
            if contact.id == number:
                return contact
        raise Missing("contact", str(number), "`gangvakt relay contact list` shows those there are")

    async def save_contact(self, contact: Contact) -> Contact:
        """Adds it where its id is 0, else replaces it."""
        if not contact.name.isprintable() or not 0 < len(contact.name.strip()) <= LONGEST_NAME:
            raise RelayRefused(
                "contact", "name", contact.name[:80], f"1 to {LONGEST_NAME} printable characters"
            )
        if contact.municipality is not None:
            check_name("municipality", contact.municipality)
        ways = {"email": contact.email, "phone": contact.phone, "ntfy": contact.ntfy}
        given = {way: to for way, to in ways.items() if to is not None}
        if not given:
            raise RelayRefused("contact", "email", None, "an address for email, phone or ntfy")
        for way, to in given.items():
            check_way(way, to)
        if not contact.id and len(await self.notices.contacts()) >= MOST_CONTACTS:
            raise RelayRefused("contact", "name", contact.name, f"at most {MOST_CONTACTS} contacts")
        return await self.notices.save_contact(contact)

    async def remove_contact(self, number: int) -> None:
        """RelayRefused while a relay to people names it."""
        for record in await self.relays.all():
            if number in record.options.get("contacts", ()):
                raise RelayRefused("contact", "id", number, f"one that no relay names: {record.name} does")
        await self.notices.remove_contact(number)

    async def save_channel(self, name: str, options: Mapping[str, Any], secret: str | None) -> dict[str, Any]:
        """Sets one way up; without a secret the one there is stays."""
        if name not in OPTIONS:
            raise RelayRefused("channel", "name", name[:80], " or ".join(OPTIONS))
        checked = check_model(OPTIONS[name], options, "channel").model_dump(mode="json")
        if secret is not None and not (secret.isascii() and secret.isprintable()):
            raise RelayRefused("channel", "secret", "...", "printable ASCII")
        held = await self.notices.channel(name)
        kept = secret if secret is not None else held[1] if held else ""
        await self.notices.save_channel(name, checked, kept)
        return checked

"""Lets a sign speak with the other poles of its crossing. Left when the start is over."""

import asyncio

from sign.hal import radio_room
from sign.proto.espnow import Group
from sign.services.poles import PoleSync


def start(armed, supervisor):
    """The PoleSync, with its tasks. Where there is no radio the broker remains."""
    site, name = armed.sign.rsplit("/", 1)
    group = Group(bytes.fromhex(armed.identity["group_key"]["hex"]), site, name)
    woken = asyncio.ThreadSafeFlag()
    try:
        radio = radio_room.start(armed.config.pole_channel, lambda _: woken.set())
    except (OSError, RuntimeError) as error:
        print("no radio between poles:", error)
        radio = None
    alive = supervisor.watch("poles")
    poles = PoleSync(armed, group, radio, woken, alive)
    supervisor.keep("poles", poles.run, alive)
    return poles

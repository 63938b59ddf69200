"""Lets a sign speak with the other poles of its crossing. Left when the start is over."""

import asyncio

from sign.hal import radio_room
from sign.proto.espnow import Group
from sign.services.poles import PoleSync


def start(armed, supervisor):
    """The PoleSync, with its tasks. Where there is no radio the broker remains."""
    site, name = armed.sign.rsplit("/", 1)
    group = Group(bytes.fromhex(armed.identity["group_key"]["hex"]), site, name)
    radio = None
    try:
        radio, when_heard = radio_room.start(armed.config.pole_channel)
    except (OSError, RuntimeError) as error:
        print("no radio between poles:", error)
    poles = PoleSync(armed, group, radio, asyncio.ThreadSafeFlag())
    if radio:
        when_heard(poles.listen)
    poles.alive = supervisor.watch("poles")
    supervisor.keep("poles", poles.run, poles.alive)
    return poles

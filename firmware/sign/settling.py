"""What is done once after the start, while the sign warns. Only its task keeps this room."""

import sys

from sign import loading


async def settle(armed, rebuild, set_up):
    """Make the data partition anew where it was lost, and set up the radars, with the rooms of these lists;
    whatever fails there, the sign goes on warning."""
    try:
        if armed.lost:
            await _borrow(armed, rebuild, "rebuilding")
        if armed.config.radar_setup:
            await _borrow(armed, set_up, "radar_setup")
    except Exception as error:
        sys.print_exception(error)
    armed.borrowed = ""


async def _borrow(armed, rooms, room):
    """Let a room of the services run that needs the memory of a session for a while."""
    armed.borrowed = rooms = loading.missing(rooms)
    loading.load(rooms)
    try:
        await getattr(sys.modules["sign.services"], room).run(armed)
    finally:
        loading.leave(rooms)

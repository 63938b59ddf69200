"""Lets the upkeep ask servers at 127.0.0.1 and says the time: `micropython asking.py PORT,PORT [UTC]`."""

import asyncio
import sys

HERE = __file__.rsplit("/", 1)[0]
sys.path.insert(0, HERE + "/../..")
sys.path.insert(0, HERE)

import fakes
from chip_clock import Time, power_up

from sign.services import upkeep

upkeep._PORT = 9  # nobody is there
upkeep._TIMEOUT_MS = 200


class Keeper:
    """Stands in for Keeper, Status, Link and Network."""

    told = doubt_ms = None
    up = True

    def __init__(self, ports):
        self.armed = self.status = self.link = self.network = self.detector = self.outbox = self.uptime = self
        self.servers = [("127.0.0.1", port) for port in ports]

    def dns_server(self):
        return "127.0.0.1"

    def stall_allowed(self, now_ms):
        return False

    def total_ms(self):
        return 0

    def note(self, event):
        print("noted", event[0], event[3])


clock = power_up()
clock.raise_to(1_790_000_000)
if len(sys.argv) > 2:
    clock.set_right(int(sys.argv[2]))
    clock._set_s -= 90_000  # held
asyncio.run(upkeep.work(Keeper([int(port) for port in sys.argv[1].split(",")]), False))
print("time", clock.utc_ms(), clock.quality())

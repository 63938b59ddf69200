import fakes  # the chip's modules, before those that import them

from sign.core import events
from sign.core.outbox import Outbox
from sign.core.uptime import Uptime
from sign.core.vehicle_count import VehicleCount
from sign.hal import clock
from sign.services import vehicles

HOUR_S = 3600


class Scheduler:
    """Runs at once what is scheduled; None where its queue is full."""

    waits = []

    def schedule(function, argument):
        if Scheduler.waits is None:
            raise RuntimeError("schedule queue full")
        function(argument)


class Sign:
    """What of Armed counts."""

    def __init__(self):
        Scheduler.waits = []
        self.uptime = Uptime(0)
        self.outbox = Outbox(20, 7)
        self.counts = VehicleCount()
        self.vehicles = vehicles.VehicleLog(self, self.counts)

    def run(self, seconds):
        for _ in range(seconds):
            self.uptime.s += 1
            self.vehicles.step()

    def told(self):
        """(period, lowest speed, counts) of each event."""
        described = [events.describe(record) for record in self.outbox.peek(20)]
        return [(one["period_s"], one["from_kmh"], one["counts"]) for one in described]


vehicles.micropython = Scheduler
hour = None
clock.month_and_hour = lambda: (11, hour)
NOBODY = "0 0 0 0 0 0 0 0 0"


def test_without_a_clock_an_hour_is_one_of_uptime():
    global hour
    hour = None
    sign = Sign()
    sign.counts.bins[6] = 4
    sign.run(HOUR_S - 1)
    assert sign.told() == []
    sign.run(4)
    assert sign.told() == [(HOUR_S, 0, "0 0 0 0 0 0 4 0 0")]
    assert sum(sign.counts.bins) == 0


def test_with_a_clock_the_hour_of_the_day_ends_it():
    global hour
    hour = 7
    sign = Sign()
    sign.counts.bins[6] = sign.counts.bins[9] = 1
    sign.run(600)
    hour = 8
    sign.run(3)
    assert [(one[0], one[1]) for one in sign.told()] == [(601, 0), (601, 45)]
    hour = 9
    sign.run(3)
    assert sign.told()[2:] == [(3, 0, NOBODY)]


def test_a_clock_that_is_set_ends_no_hour():
    global hour
    hour = None
    sign = Sign()
    sign.run(60)
    hour = 12
    sign.run(60)
    assert sign.told() == []


def test_a_bin_that_is_full_ends_it_early():
    global hour
    hour = None
    sign = Sign()
    sign.counts.bins[10], sign.counts.is_full = 1023, True
    sign.run(5)
    assert sign.told() == [(1, 0, NOBODY), (1, 45, "0 1023 0 0 0 0 0 0 0")]


def test_where_the_scheduler_is_full_it_is_tried_again():
    global hour
    hour = None
    sign = Sign()
    sign.run(HOUR_S - 1)
    Scheduler.waits = None
    sign.run(10)
    assert sign.told() == []
    Scheduler.waits = []
    sign.run(2)
    assert sign.told() == [(HOUR_S, 0, NOBODY)]


def test_before_a_reset_all_is_written_at_once_and_what_was_under_way_too():
    global hour
    hour = None
    sign = Sign()
    sign.run(HOUR_S - 1)
    sign.counts.bins[20] = 5
    sign.run(2)
    sign.uptime.s += 30
    sign.counts.bins[0] = 2
    sign.vehicles.put_away()
    assert sign.told() == [
        (HOUR_S, 0, NOBODY),
        (HOUR_S, 90, "0 0 5 0 0 0 0 0 0"),
        (31, 0, "2 0 0 0 0 0 0 0 0"),
    ]

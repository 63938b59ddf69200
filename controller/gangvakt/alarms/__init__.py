"""Presence and alarms of the running fleet: watched, raised, stored with every step, and told."""

from gangvakt.alarms.patrol import Patrol
from gangvakt.alarms.service import ALARM_KIND, Alarms, Tell
from gangvakt.fleet.alarm import Alarm, Condition, Step

__all__ = ["ALARM_KIND", "Alarm", "Alarms", "Condition", "Patrol", "Step", "Tell"]

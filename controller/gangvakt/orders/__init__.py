"""What signs are told to do and to be: commands with their answers, and configurations."""

from gangvakt.orders.bulk import Bulk
from gangvakt.orders.commander import Commander
from gangvakt.orders.configs import Configs
from gangvakt.orders.dry_run import DryRuns
from gangvakt.orders.plans import Plans
from gangvakt.orders.replays import Replays
from gangvakt.orders.templates import Templates

__all__ = ["Bulk", "Commander", "Configs", "DryRuns", "Plans", "Replays", "Templates"]

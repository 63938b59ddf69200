"""What signs are told to do and to be: commands with their answers, and configurations."""

from gangvakt.orders.commander import Commander
from gangvakt.orders.configs import Configs

__all__ = ["Commander", "Configs"]

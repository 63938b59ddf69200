"""What is wrong with the network just now."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Trouble:
    """Read by whoever carries the packets."""

    broker_down: bool = False
    half_open: bool = False
    dns_dead: bool = False
    loss_pct: int = 0
    delay_ms: int = 0
    verdict: int = 0  # of the TLS handshake

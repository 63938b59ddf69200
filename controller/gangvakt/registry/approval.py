"""The road authority's decision as a lock on what the signs of a crossing may show."""

from __future__ import annotations

from collections.abc import Mapping

from gangvakt.errors import SettingRefused
from gangvakt.provision.file_wire import Approval

USER_PATTERN = "user"
DEFAULT_PATTERN = "alternating"
BRIGHTNESSES = ("dim_pct", "night_dim_pct")


def approved(config: Mapping[str, object], approval: Approval | None) -> dict[str, object]:
    """`config` with what the decision adds; SettingRefused, naming the decision, for what it does not allow.

    Without a decision nothing is added, and the firmware's own lock is the only one.
    """
    if approval is None:
        return dict(config)
    wanted = config.get("pattern", DEFAULT_PATTERN)
    shown = config.get("user_pattern", "") if wanted == USER_PATTERN else wanted
    if shown not in approval.patterns:
        raise SettingRefused("config", "pattern", shown, _by(approval, ", ".join(approval.patterns)))
    for name in BRIGHTNESSES:
        value = config.get(name)
        if isinstance(value, int) and value > approval.dim_max_pct:
            raise SettingRefused("config", name, value, _by(approval, f"5..{approval.dim_max_pct}"))
    held = {"approval_number": approval.decision, "approval_pattern": str(shown)}
    return {**config, **held, "approval_dim_max_pct": approval.dim_max_pct}


def _by(approval: Approval, allowed: str) -> str:
    return f"{allowed}, by decision {approval.decision} of {approval.decided_on}"

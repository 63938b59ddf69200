"""What a sign sees, as the plain dicts that `scripts/live_view.js` draws. Metres in the kerb's plane."""

from __future__ import annotations

import math
from collections.abc import Mapping

from gangvakt.fleet import Look, SignState
from gangvakt.fleet.look import LookTrack
from gangvakt.provision.site_config import field_rules
from gangvakt.web.texts import Texts
from gangvakt.web.views import View

KERB = ("kerb_a_x_mm", "kerb_a_y_mm", "kerb_b_x_mm", "kerb_b_y_mm")
M = 1000


def pole_view(sign: SignState) -> View:
    """The ground before a pole, from the configuration that it reports; without a kerb line `kerb` is 0."""
    values = sign.config.values if sign.config else {}
    ax, ay, bx, by = (_field(values, name) / M for name in KERB)
    return {
        "id": str(sign.id),
        "name": sign.id.sign,
        "kerb": round(math.dist((ax, ay), (bx, by)), 2),
        "road": _field(values, "crossing_width_mm") / M,
        "zone": _field(values, "wait_zone_mm") / M,
        "side": _field(values, "side_margin_mm") / M,
    }


def _field(values: Mapping[str, object], name: str) -> int:
    value = values.get(name, field_rules()[name]["default"])
    return value if isinstance(value, int) else 0


def look_view(look: Look, texts: Texts) -> View:
    """One picture, with each of its people in words."""
    return {
        "leftS": look.left_s,
        "lit": look.lamps,
        "warns": look.warns,
        "shadow": look.is_shadow,
        "why": _why(look, texts),
        "tracks": [_track_view(look, one, texts) for one in look.tracks],
        "ranges": [texts.say("watch_range", m=texts.number(mm / M)) for mm in look.ranges_mm],
    }


def _why(look: Look, texts: Texts) -> str:
    if look.reason == "none":
        return ""
    said = texts.say_or(f"on_{look.reason}", look.reason)
    if look.t_kerb_ms is None or look.reason != "approach":
        return said
    return f"{said}, {texts.say('before_kerb', seconds=texts.number(look.t_kerb_ms / M))}"


def _track_view(look: Look, one: LookTrack, texts: Texts) -> View:
    doing = look.doing(one).value
    key = "watch_before_kerb" if one.across_mm <= 0 else "watch_on_road"
    speed = math.hypot(one.along_mm_s, one.across_mm_s) / M
    where = texts.say(key, m=texts.number(abs(one.across_mm) / M), v=texts.number(speed))
    return {
        "id": one.ident,
        "along": one.along_mm / M,
        "across": one.across_mm / M,
        "doing": doing,
        "word": texts.say(f"watch_is_{doing}"),
        "where": where,
    }

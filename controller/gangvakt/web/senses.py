"""What a sign says of light, power and its link, in words; what it does not say is told as that."""

from __future__ import annotations

from gangvakt.fleet.power import DAY_MIN, Feed, PowerProfile
from gangvakt.fleet.signs import Telemetry
from gangvakt.web.texts import Texts

# From how many dBm on a link is good, and fair; weaker ones lose frames. Wi-Fi: the usual figures of
# planners, and the least that a self-test takes for well. Mobile: what modems show as four and two bars.
GOOD_FAIR_DBM = {"wifi": (-67, -80), "ppp": (-85, -100)}
BATTERY = ("full", "saving", "low", "empty")  # by stage
WITH_BATTERY = (Feed.LIGHTING_BATTERY, Feed.SOLAR)
NOTHING_TOLD = Telemetry(0)
Facts = list[tuple[str, str]]


def senses_of(told: Telemetry | None, power: PowerProfile, texts: Texts) -> Facts:
    """Names and values: light, supply, battery, signal, and how it is fed."""
    telemetry = told or NOTHING_TOLD
    return [
        (texts.say("sense_light"), _light(telemetry, texts)),
        (texts.say("sense_supply"), _supply(telemetry, texts)),
        (texts.say("sense_battery"), _battery(telemetry, power, texts)),
        (texts.say("sense_signal"), _signal(telemetry, texts)),
        (texts.say("sense_power"), _fed(power, texts)),
    ]


def _light(telemetry: Telemetry, texts: Texts) -> str:
    if telemetry.daylight is None:
        return texts.say("sense_not_measured")
    word = texts.say("sense_day" if telemetry.daylight else "sense_dark")
    return word if telemetry.light_mv is None else f"{word}, {_volts(telemetry.light_mv, texts, 2)}"


def _supply(telemetry: Telemetry, texts: Texts) -> str:
    if telemetry.supply_mv is None:
        return texts.say("sense_not_measured")
    return _volts(telemetry.supply_mv, texts)


def _battery(telemetry: Telemetry, power: PowerProfile, texts: Texts) -> str:
    stage = telemetry.battery_stage
    if stage is not None and stage < len(BATTERY):
        return texts.say(f"sense_battery_{BATTERY[stage]}")
    return texts.say("sense_not_told" if power.feed in WITH_BATTERY else "sense_no_battery")


def _signal(telemetry: Telemetry, texts: Texts) -> str:
    if telemetry.link == "lan":
        return texts.say("sense_by_cable")
    if telemetry.rssi_dbm is None:
        return texts.say("sense_not_told")
    word = texts.say(f"sense_signal_{signal_band(telemetry.link, telemetry.rssi_dbm)}")
    name = texts.say_or(f"sense_link_{telemetry.link}", str(telemetry.link))
    return texts.say("sense_signal_value", word=word, dbm=telemetry.rssi_dbm, link=name)


def signal_band(link: str | None, rssi_dbm: int) -> str:
    """good, fair or weak."""
    good_dbm, fair_dbm = GOOD_FAIR_DBM.get(link or "", GOOD_FAIR_DBM["wifi"])
    if rssi_dbm >= good_dbm:
        return "good"
    return "fair" if rssi_dbm >= fair_dbm else "weak"


def _fed(power: PowerProfile, texts: Texts) -> str:
    parts = [texts.say(f"sense_fed_{power.feed.value}")]
    if power.feeder is not None:
        parts.append(texts.say("sense_feeder", feeder=power.feeder))
    if power.hours is not None:
        lit, until = (_clock(minute) for minute in (power.hours.lit_from_min, power.hours.lit_until_min))
        parts.append(texts.say("sense_lit", lit=lit, until=until))
    return ", ".join(parts)


def _clock(minute: int) -> str:
    hour, rest = divmod(minute % DAY_MIN, 60)
    return f"{hour:02}:{rest:02}"


def _volts(mv: int, texts: Texts, decimals: int = 1) -> str:
    return f"{texts.number(mv / 1000, decimals)} V"

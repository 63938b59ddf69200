"""Prints the tracker's gain tables: a Kalman filter run once for each number of hits.

    PYTHONPATH=sim:firmware .venv/bin/python -m learning.gains

Per axis (along the beam, across it) a walker who starts from 0 +-1 m/s and speeds up or slows down by about
0.9 m/s2. The noise of a LD2450 repeats itself from frame to frame (0.7), so that averaging helps less than
for white noise: its sigmas are taken 1.7 times larger than a single frame's.
"""

from __future__ import annotations

HITS = 16
DT_S = 0.1
ACCELERATION_M_S2 = 0.9
FIRST_SPEED_M_S = 1.0
ALONG_SIGMA_M = 0.11
ACROSS_SIGMA_RAD = 0.08
SPEED_SIGMA_M_S = 0.15
RANGES_M = (1.5, 3.0, 4.5, 6.0)  # middle of each row of the tables across the beam

Gains = list[tuple[float, float, float]]


def gains(place_sigma_m: float, speed_sigma_m_s: float | None) -> Gains:
    """(place by place, speed by place, speed by speed) for 1, 2, ... HITS hits."""
    pp, pv, vv = place_sigma_m**2, 0.0, FIRST_SPEED_M_S**2
    found = [(1.0, 0.0, _speed_gain(vv, speed_sigma_m_s))]
    vv *= 1 - found[0][2]
    noise = ACCELERATION_M_S2**2
    while len(found) < HITS:
        pp, pv, vv = pp + 2 * DT_S * pv + DT_S**2 * vv, pv + DT_S * vv, vv
        pp, pv, vv = pp + noise * DT_S**4 / 4, pv + noise * DT_S**3 / 2, vv + noise * DT_S**2
        alpha, beta = pp / (pp + place_sigma_m**2), pv / (pp + place_sigma_m**2)
        pp, pv, vv = (1 - alpha) * pp, (1 - alpha) * pv, vv - beta * pv
        delta = _speed_gain(vv, speed_sigma_m_s)
        pp, pv, vv = pp - (pv * pv / vv) * delta, (1 - delta) * pv, (1 - delta) * vv
        found.append((alpha, beta, delta))
    return found


def _speed_gain(variance: float, sigma_m_s: float | None) -> float:
    return 0.0 if sigma_m_s is None else variance / (variance + sigma_m_s**2)


def _row(values: list[float], scale: int) -> str:
    return "".join(f"\\x{min(255, round(value * scale)):02x}" for value in values)


def _print(name: str, rows: list[Gains], column: int, scale: int) -> None:
    print(f"{name} = (")
    for row in rows:
        print(f'    b"{_row([gain[column] for gain in row], scale)}"')
    print(")")


def main() -> None:
    """Print the tables as the tracker has them."""
    across = [gains(ACROSS_SIGMA_RAD * range_m, None) for range_m in RANGES_M]
    blind, told = gains(ALONG_SIGMA_M, None), gains(ALONG_SIGMA_M, SPEED_SIGMA_M_S)
    _print("_ACROSS_ALPHA_256", across, 0, 256)
    _print("_ACROSS_BETA_64", across, 1, 64)
    _print("_ALONG_ALPHA_256", [blind, told], 0, 256)
    _print("_ALONG_BETA_64", [blind, told], 1, 64)
    _print("_ALONG_DELTA_256", [blind, told], 2, 256)


if __name__ == "__main__":
    main()

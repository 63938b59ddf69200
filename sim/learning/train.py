"""Learns the approach score and writes `firmware/sign/core/intent_table.py`.

    PYTHONPATH=controller:sim:firmware python -m learning.train ../shared/data [--validate] [--write]

Needs numpy, numba and catboost beside the project (a venv of its own will do), and the folder of recorded
tracks, which lies outside the project. `--validate` prints the measures of scores learned without the people
they are judged on, for thresholds around 0; `--write` learns from all and writes the table. In both, whoever
is learned from is seen by other radars (seeds) than whoever is judged.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from catboost import CatBoostClassifier, Pool

from learning.collect import NEVER_MS, Collected, collect, loaded
from learning.corpus import CORNERS, Clip, configuration, recorded
from sign.core.score import POINTS_PER_E

TABLE_FILE = Path("firmware/sign/core/intent_table.py")
CACHE = Path(tempfile.gettempdir()) / "gangvakt-learning"
TREES, DEPTH = 160, 4
FOLDS = 5
HORIZON_MS = 4_000  # who will be at the kerb within that means it
AFTER_KERB_MS = 300
LATE_MS = 1_000
LONG_MS = 2_500
# Log odds that are 0 points: set so that on the recorded tracks lead and false alarms are both in bounds.
OPERATING_POINT = 1.0
RADARS = (
    *(("real", seed) for seed in range(1, 6)),
    *((name, seed) for name in ("quiet", "sluggish", "late", "reversed", "speechless") for seed in (50, 51)),
    *((name, seed) for name in ("noisy", "white") for seed in (50, 51, 52)),
)
JUDGED = tuple(("real", seed) for seed in (101, 102, 103, 104))
WEIGHTS = {"walkup": 1.0, "waited": 0.3, "passer": 1.0}


@dataclass(frozen=True)
class Examples:
    """Bins, answers, weights, and the fold of each."""

    bins: np.ndarray
    means_it: np.ndarray
    weight: np.ndarray
    fold: np.ndarray

    @staticmethod
    def joined(parts: Sequence[Examples]) -> Examples:
        """All of them."""
        columns = zip(*((p.bins, p.means_it, p.weight, p.fold) for p in parts), strict=True)
        return Examples(*(np.concatenate(column) for column in columns))


def examples(found: Collected) -> Examples:
    """The moments of which somebody can say what was meant."""
    answers = [_answer(found.clips[c], int(ms)) for c, ms in zip(found.clip, found.ms, strict=True)]
    keep = np.array([weight > 0 for _, weight in answers], bool)
    fold = np.array([fold_of(found.clips[c]) for c in found.clip])
    means_it = np.array([answer for answer, _ in answers], int)
    return Examples(found.bins[keep], means_it[keep], np.array([w for _, w in answers])[keep], fold[keep])


def _answer(clip: Clip, ms: int) -> tuple[int, float]:
    """Whether somebody means to cross, and what that counts; nothing where nobody can say."""
    person = clip.person
    if person.kind == "passer":
        return 0, WEIGHTS["passer"] if person.seen_s is not None else 0.0
    if person.kind in ("walkup", "waited") and person.kerb_s is not None:
        kerb_ms = person.kerb_s * 1000
        if kerb_ms - HORIZON_MS <= ms <= kerb_ms + AFTER_KERB_MS:
            return 1, WEIGHTS[person.kind]
    return 0, 0.0


def fold_of(clip: Clip) -> int:
    """The fold of a recording's people."""
    return random.Random(f"fold {clip.scene}").randrange(FOLDS)


def learn(found: Examples) -> CatBoostClassifier:
    """Trees that ask the same question on each level."""
    model = CatBoostClassifier(
        iterations=TREES,
        depth=DEPTH,
        learning_rate=0.1,
        l2_leaf_reg=20,
        border_count=64,
        rsm=0.7,
        bootstrap_type="Bernoulli",
        subsample=0.7,
        random_seed=1,
        thread_count=2,
        verbose=0,
        allow_writing_files=False,
    )
    return model.fit(Pool(found.bins.astype(np.float32), found.means_it, weight=found.weight))


def odds(model: Any, bins: np.ndarray) -> np.ndarray:
    """Log odds of moments."""
    if not len(bins):
        return np.zeros(0)
    return np.asarray(model.predict(bins.astype(np.float32), prediction_type="RawFormulaVal"))


def first_ms(found: Collected, scores: np.ndarray, threshold: float) -> np.ndarray:
    """For each clip when a warning is first wanted."""
    first = found.ruled.copy()
    above = scores >= threshold
    np.minimum.at(first, found.clip[above], found.ms[above])
    return first


def measures(found: Collected, first: np.ndarray) -> dict[str, float]:
    """The judge's measures, as far as the first moment decides them."""
    people = [(clip.person, ms) for clip, ms in zip(found.clips, first, strict=True)]
    seen = [(p, ms) for p, ms in people if p.seen_s is not None]
    crossing = [(p, p.kerb_s * 1000 - ms) for p, ms in seen if p.kind in ("walkup", "waited") and p.kerb_s]
    leads = [
        max(0.0, min(lead, (p.kerb_s - p.seen_s) * 1000)) / 1000 for p, lead in crossing if p.kind == "walkup"
    ]
    return {
        "passers": _share(ms < NEVER_MS for p, ms in seen if p.kind == "passer"),
        "lead": statistics.median(leads),
        "warned": _share(lead >= -LATE_MS for _, lead in crossing),
        "before": _share(lead > 0 for p, lead in crossing if p.kerb_s - p.seen_s >= 1),
        "waited": _share(
            lead >= LONG_MS for p, lead in crossing if p.kind == "waited" and p.kerb_s - p.seen_s >= 2.5
        ),
        "road": _share(ms <= p.seen_s * 1000 + LATE_MS for p, ms in seen if p.kind == "road"),
    }


def _share(cases: Iterable[bool]) -> float:
    return statistics.mean(map(float, cases))


def written(model: CatBoostClassifier) -> str:
    """The source of intent_table.py."""
    base, trees = tabled(model)
    rows = [f'    b"{"".join(f"{chr(92)}x{byte:02x}" for byte in tree)}"' for tree in trees]
    head = '"""Generated by `python -m learning.train DATA --write` (in sim/): do not edit. See `score`."""'
    return "\n".join([head, "", f"BASE = {base}", "TREES = (", *rows, ")", ""])


def tabled(model: CatBoostClassifier) -> tuple[int, list[bytes]]:
    """(points of no tree, each tree's 24 bytes)."""
    with tempfile.NamedTemporaryFile(suffix=".json") as file:
        model.save_model(file.name, format="json")
        described = json.loads(Path(file.name).read_text())
    scale, (bias,) = described["scale_and_bias"]
    base = round((bias - OPERATING_POINT) * POINTS_PER_E)
    return base, [_tree(tree, scale) for tree in described["oblivious_trees"]]


def _tree(tree: dict[str, Any], scale: float) -> bytes:
    """Questions from the last to the first, as the number of a leaf is read; a tree of fewer levels begins
    with questions that are never true.
    """
    splits = [(split["float_feature_index"], int(split["border"])) for split in tree["splits"]]
    asked = [(0, 255)] * (DEPTH - len(splits)) + splits[::-1]
    leaves = [round(value * scale * POINTS_PER_E) + 128 for value in tree["leaf_values"]]
    leaves += [128] * (2**DEPTH - len(leaves))
    return bytes([*(number for question in asked for number in question), *leaves])


def gathered(data: Path, radars: Iterable[tuple[str, int]]) -> dict[tuple[str, str, int], Collected]:
    """The recorded tracks at both corners as those radars see them."""
    tracks, found = data / "tracks.csv.gz", {}
    for corner, site in CORNERS.items():
        config = loaded(configuration(site))
        for radar, seed in radars:
            found[corner, radar, seed] = collect(recorded(tracks, corner, radar, seed, CACHE), config)
    return found


def validate(found: Examples, judged: dict[tuple[str, str, int], Collected]) -> None:
    """Judge everybody by a score learned without the people of his scene, and by one learned from all."""
    folds = {key: np.array([fold_of(one.clips[c]) for c in one.clip]) for key, one in judged.items()}
    without = {key: np.zeros(len(one.ms)) for key, one in judged.items()}
    for fold in range(FOLDS):
        rest = found.fold != fold
        model = learn(Examples(found.bins[rest], found.means_it[rest], found.weight[rest], found.fold[rest]))
        for key, one in judged.items():
            mine = folds[key] == fold
            without[key][mine] = odds(model, one.bins[mine])
    model = learn(found)
    within = {key: odds(model, one.bins) for key, one in judged.items()}
    for name, scores in (("not learned from", without), ("learned from", within)):
        for corner in CORNERS:
            _print_measures(name, corner, judged, scores)


def _print_measures(name: str, corner: str, judged: dict[Any, Collected], scores: dict[Any, Any]) -> None:
    for shift in (-0.4, -0.2, 0.0, 0.2, 0.4):
        rows = [
            measures(one, first_ms(one, scores[key], OPERATING_POINT + shift))
            for key, one in judged.items()
            if key[0] == corner
        ]
        means = {m: statistics.mean(row[m] for row in rows) for m in rows[0]}
        print(f"{name:17} {corner} {shift:+.1f}", " ".join(f"{m} {v:.3f}" for m, v in means.items()))


def main() -> None:
    """Learn as told by the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("data", type=Path, help="folder with tracks.csv.gz")
    parser.add_argument("--validate", action="store_true")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    found = Examples.joined([examples(part) for part in gathered(options.data, RADARS).values()])
    if options.validate:
        validate(found, gathered(options.data, JUDGED))
    if options.write:
        TABLE_FILE.write_text(written(learn(found)))


if __name__ == "__main__":
    main()

"""Learns the approach score from recorded tracks and writes `firmware/sign/core/intent_table.py`.

    PYTHONPATH=controller:sim:firmware python -m learning.train ../shared/data [--validate] [--write]

Needs scikit-learn, which the project does not (a venv of its own with this project installed will do), and
the folder of recorded tracks, which lies outside the project. `--validate` prints the judge's measures of
tables learned without the persons they are judged on; `--write` learns from all and writes the table.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier

from learning.collect import Example, examples
from learning.corpus import PROCESSES, SITES, VARIANTS, rendered, site_config
from learning.evaluate import CACHE, Lit, judged, lit_intervals, loaded, table
from sign.core import intent_score
from sign.core.detector import Detector
from sign.core.intent_features import COUNT, NAMES

TABLE_FILE = Path("firmware/sign/core/intent_table.py")
PAIRS = (
    ("s", "hit"),
    ("s", "out"),
    ("hit", "t_kerb"),
    ("vs", "vout"),
    ("out", "vout"),
    ("t_kerb", "age"),
    ("s", "still"),
    ("vs", "speed"),
    ("s", "vs"),
    ("nearest", "vs"),
)
FINE = 64  # bins of a feature
BINS = 16  # its classes
SCALE = 24  # score points per unit of log odds
OPERATING_POINT = 0.77  # share of those who mean it where warning begins
TRAIN = (
    ("real", 1),
    ("real", 1001),
    ("real", 2001),
    ("real", 3001),
    ("quiet", 50001),
    ("noisy", 50001),
    ("white", 50001),
)
FOLDS = 5

Box = dict[int, tuple[int, int]]


@dataclass(frozen=True)
class Score:
    """The contents of intent_table.py."""

    base: int
    classes: bytes
    first: bytes
    second: bytes
    cells: bytes

    def install(self) -> None:
        """Make the firmware's score use it in this process."""
        intent_score.BASE, intent_score.CLASSES, intent_score.TABLE = self.base, self.classes, self.cells
        intent_score.FIRST, intent_score.SECOND = self.first, self.second
        intent_score._PAIRS = len(self.first)


def learn(found: Sequence[Example], seed: int = 0) -> Score:
    """Boosted trees that look at one pair of features each, added up into a table a pair.

    A first run on all 64 bins of each feature says where its 16 classes are best divided.
    """
    groups = [(NAMES.index(a), NAMES.index(b)) for a, b in PAIRS]
    bins = np.array([list(e.bins) for e in found])
    classes = _classes(_fitted(found, bins, groups, seed))
    model = _fitted(found, classes[np.arange(COUNT), bins], groups, seed)
    return _tabled(model, groups, classes.astype(np.uint8).tobytes())


def _fitted(found: Sequence[Example], values: Any, groups: list[tuple[int, int]], seed: int) -> Any:
    model = HistGradientBoostingClassifier(
        max_iter=150,
        learning_rate=0.08,
        max_leaf_nodes=6,
        min_samples_leaf=400,
        l2_regularization=30,
        interaction_cst=[set(group) for group in groups],
        early_stopping=False,
        random_state=seed,
    )
    return model.fit(
        values.astype(float), [e.means_it for e in found], sample_weight=[e.weight for e in found]
    )


def _classes(model: Any) -> Any:
    """For each feature the class of each bin: divided where the trees gained most."""
    gain = np.zeros((COUNT, FINE))
    for (trees,) in model._predictors:
        for node in trees.nodes:
            if not node["is_leaf"]:
                gain[node["feature_idx"], int(np.floor(node["num_threshold"]))] += node["gain"]
    classes = np.zeros((COUNT, FINE), dtype=int)
    for feature in range(COUNT):
        cuts = [cut for cut in np.argsort(-gain[feature])[: BINS - 1] if gain[feature, cut] > 0]
        for cut in cuts:
            classes[feature, cut + 1 :] += 1
    return classes


def _tabled(model: Any, groups: list[tuple[int, int]], classes: bytes) -> Score:
    cells = np.zeros((len(groups), BINS, BINS))
    for (trees,) in model._predictors:
        for box, value in _leaves(trees.nodes, 0, {}):
            place = next(k for k, group in enumerate(groups) if set(box) <= set(group))
            first, second = (box.get(feature, (0, BINS)) for feature in groups[place])
            cells[place, first[0] : first[1], second[0] : second[1]] += value
    base = float(model._baseline_prediction[0][0]) - np.log(OPERATING_POINT / (1 - OPERATING_POINT))
    middle = (cells.max((1, 2)) + cells.min((1, 2))) / 2
    stored = np.clip(np.rint((cells - middle[:, None, None]) * SCALE) + 128, 0, 255)
    points = round((base + float(middle.sum())) * SCALE) - 128 * len(groups)
    first, second = (bytes(group[k] for group in groups) for k in (0, 1))
    return Score(points, classes, first, second, stored.astype(np.uint8).tobytes())


def _leaves(nodes: Any, at: int, box: Box) -> Iterator[tuple[Box, float]]:
    """Each leaf's value, and the range of bins of each feature asked on the way: never more than one pair."""
    node = nodes[at]
    if node["is_leaf"]:
        yield box, float(node["value"])
        return
    feature, cut = int(node["feature_idx"]), int(np.floor(node["num_threshold"])) + 1
    low, high = box.get(feature, (0, BINS))
    yield from _leaves(nodes, int(node["left"]), {**box, feature: (low, min(high, cut))})
    yield from _leaves(nodes, int(node["right"]), {**box, feature: (max(low, cut), high)})


def fold_of(track: str) -> int:
    """The fold of a person; recordings of one scene (`starting-778_4`, `stopping-778_4`) stay together."""
    scene = track.split("-")[1].split("_")[0]
    return random.Random(f"fold {scene}").randrange(FOLDS)


def _lit(data: Path, site: str, variant: str, seed: int, score: Score, fold: int) -> dict[str, Lit]:
    score.install()
    config = loaded(site_config(site))
    tracks = rendered(data / "tracks.csv.gz", site, variant, seed, CACHE)
    return {s.track: lit_intervals(Detector(config), s) for s in tracks if fold_of(s.track) == fold}


def validate(data: Path, found: Sequence[Example], runs: Iterable[tuple[str, int]]) -> None:
    """Judge every person by a table learned without him."""
    with ProcessPoolExecutor(PROCESSES) as pool:
        scores = list(pool.map(learn, [[e for e in found if fold_of(e.track) != k] for k in range(FOLDS)]))
        jobs = {
            (site, *run): [pool.submit(_lit, data, site, *run, score, k) for k, score in enumerate(scores)]
            for site in SITES
            for run in runs
        }
        rows = []
        for (site, variant, seed), parts in jobs.items():
            lit = {track: on for part in parts for track, on in part.result().items()}
            rows.append((f"{site}-{variant}-{seed}", judged(data, site, lit)))
    table(rows)


def written(score: Score) -> str:
    """The source of intent_table.py."""
    lines = [
        '"""Generated by `python -m learning.train DATA --write` (in sim/): do not edit.',
        "",
        "CLASSES has 64 bins of each feature; TABLE 16 x 16 classes of each pair, in points + 128 (so BASE).",
        '"""',
        "",
        f"BASE = {score.base}",
        f"FIRST = {_text(score.first)}",
        f"SECOND = {_text(score.second)}",
        "CLASSES = (",
        *_rows(score.classes),
        ")",
        "TABLE = (",
        *_rows(score.cells),
        ")",
    ]
    return "\n".join([*lines, ""])


def _rows(data: bytes) -> list[str]:
    return [f"    {_text(data[at : at + BINS])}" for at in range(0, len(data), BINS)]


def _text(data: bytes) -> str:
    return 'b"' + "".join(f"\\x{byte:02x}" for byte in data) + '"'


def main() -> None:
    """Learn as told by the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("data", type=Path, help="folder with tracks.csv.gz and judge.py")
    parser.add_argument("--validate", action="store_true")
    parser.add_argument("--variants", nargs="+", default=["real"], choices=list(VARIANTS))
    parser.add_argument("--seeds", nargs="+", type=int, default=[10001, 11001, 12001])
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    with ProcessPoolExecutor(PROCESSES) as pool:
        jobs = [pool.submit(examples, options.data, site, *run) for run in TRAIN for site in SITES]
        found = [example for job in jobs for example in job.result()]
    if options.validate:
        validate(options.data, found, [(v, s) for v in options.variants for s in options.seeds])
    if options.write:
        TABLE_FILE.write_text(written(learn(found)))


if __name__ == "__main__":
    main()

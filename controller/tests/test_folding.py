"""Constants of the firmware become numbers where they are used."""

import ast

from gangvakt.provision.folding import fold

CODES = """
from sign.compat import const

HOLD = const(3)
LIMIT = const(-HOLD << 2 | 1)
TABLE = const((1, 2))
WORDS = "none hold"
"""


def folded(kept: str = "", **sources: str) -> dict[str, str]:
    whole = {"compat": "def const(value):\n    return value\n", "codes": CODES, **sources}
    trees = {f"sign.{name}": ast.parse(source) for name, source in whole.items()}
    fold(trees, set(kept.split()))
    return {name.removeprefix("sign."): ast.unparse(tree) for name, tree in trees.items()}


def test_a_constant_is_a_number_wherever_it_is_used() -> None:
    used = (
        "from sign.codes import HOLD as KEPT, LIMIT\nfrom sign import codes\nx = KEPT + LIMIT + codes.HOLD\n"
    )
    assert folded(used=used)["used"] == "x = 3 + -11 + 3"


def test_what_nobody_calls_by_name_any_more_is_gone() -> None:
    assert folded(used="from sign.codes import HOLD\nx = HOLD\n")["codes"] == "WORDS = 'none hold'"


def test_what_is_no_number_stays() -> None:
    used = "from sign.codes import TABLE, WORDS, HOLD\nx = (TABLE, WORDS, HOLD)\n"
    assert folded(used=used)["used"] == "from sign.codes import TABLE, WORDS\nx = (TABLE, WORDS, 3)"


def test_a_constant_that_somebody_may_look_up_stays() -> None:
    assert "HOLD = const(3)" in folded(kept="HOLD")["codes"]
    assert "LIMIT = const" in folded(used="def f(room):\n    return room.LIMIT\n")["codes"]
    late = "def f():\n    from sign.codes import HOLD\n    return HOLD\n"
    assert "HOLD = const(3)" in folded(used=late)["codes"]


def test_a_constant_is_handed_on_from_module_to_module() -> None:
    between = "from sign.codes import HOLD\nTWICE = HOLD * 2\n"
    found = folded(between=between, used="from sign.between import HOLD\nx = HOLD\n")
    assert (found["between"], found["used"]) == ("TWICE = 3 * 2", "x = 3")


def test_another_thing_of_the_same_name_is_another_thing() -> None:
    used = """
from sign.codes import HOLD

def take(HOLD, codes):
    return [HOLD for HOLD in HOLD if codes.HOLD], lambda HOLD: HOLD

class Sign:
    HOLD = HOLD
    twice = HOLD

    def hold(self):
        return HOLD + self.HOLD
"""
    expected = used.replace("return HOLD + self.HOLD", "return 3 + self.HOLD")
    assert folded(used=used)["used"] == ast.unparse(ast.parse(expected))


def test_a_name_that_is_set_again_is_no_constant() -> None:
    again = "A = const(1)\nA = const(2)\nx = A\n"
    assert folded(again=again)["again"] == again.rstrip()

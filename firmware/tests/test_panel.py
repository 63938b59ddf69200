from sign.core import panel
from sign.core.service_button import (
    NOTHING,
    SAYS_IDENTIFY,
    SAYS_SERVICE,
    SAYS_TEST,
    ServiceButton,
)

POLL_MS = 50
TWO_SECONDS_MS = 2_000
TICKS_END = 1 << 30


def shown(code, begin_ms=0):
    """How long the LED is lit and dark by turns over two seconds, in steps of 100 ms: "1110..."."""
    return "".join(str(panel.level(code, begin_ms + ms)) for ms in range(0, TWO_SECONDS_MS, 100))


def held(ms, begin_ms=1_000):
    """What is wanted after the button was held for so long; and what it said just before."""
    button = ServiceButton()
    wish = NOTHING
    for at in range(0, ms, POLL_MS):
        assert button.update(1, (begin_ms + at) % TICKS_END) == NOTHING
        wish = button.wish
    return button.update(0, (begin_ms + ms) % TICKS_END), wish


def test_the_codes_as_the_table_has_them():
    assert shown(panel.ONLINE) == "1" * 20
    assert shown(panel.OFFLINE) == "1" * 10 + "0" * 10
    assert shown(panel.FAULT) == "101" + "0" * 17
    assert shown(panel.TESTING) == "10101" + "0" * 15
    assert shown(panel.IDENTIFY) == "10" * 10
    assert shown(panel.SERVICE) == "1111111110" * 2


def test_no_two_codes_look_alike():
    codes = (
        panel.ONLINE,
        panel.OFFLINE,
        panel.FAULT,
        panel.SERVICE,
        panel.IDENTIFY,
        panel.TESTING,
    )
    assert len({shown(code) for code in codes}) == len(codes)


def test_a_code_repeats_every_two_seconds():
    assert shown(panel.FAULT, 8_000) == shown(panel.FAULT)


def test_what_stands_is_shown_by_its_weight():
    assert panel.standing(True, False, False) == panel.ONLINE
    assert panel.standing(False, False, False) == panel.OFFLINE
    assert panel.standing(True, True, False) == panel.standing(False, True, False) == panel.FAULT
    assert panel.standing(False, True, True) == panel.SERVICE


def test_a_press_means_what_its_length_says():
    assert held(100) == (SAYS_IDENTIFY, SAYS_IDENTIFY)
    assert held(2_900)[0] == SAYS_IDENTIFY
    assert held(3_200) == (SAYS_TEST, SAYS_TEST)
    assert held(9_900)[0] == SAYS_TEST
    assert held(10_200) == (SAYS_SERVICE, SAYS_SERVICE)
    assert held(29_900)[0] == SAYS_SERVICE


def test_a_bounce_and_a_button_that_is_stuck_mean_nothing():
    assert held(30) == (NOTHING, NOTHING)
    assert held(31_000) == (NOTHING, NOTHING)


def test_the_ticks_may_wrap_while_it_is_held():
    assert held(4_000, TICKS_END - 2_000)[0] == SAYS_TEST


def test_nothing_is_wanted_twice():
    button = ServiceButton()
    for at in range(0, 500, POLL_MS):
        button.update(1, at)
    assert button.update(0, 500) == SAYS_IDENTIFY
    assert button.update(0, 550) == NOTHING
    assert button.wish == NOTHING

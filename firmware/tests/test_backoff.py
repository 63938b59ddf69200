from sign.services.backoff import Backoff


def test_delays_double_up_to_the_most_and_keep_to_their_upper_half():
    backoff = Backoff(1000, 6000)
    for step_ms in (1000, 2000, 4000, 6000, 6000):
        assert step_ms // 2 <= backoff.next_ms() <= step_ms


def test_after_a_reset_it_begins_anew():
    backoff = Backoff(1000, 60_000)
    for _ in range(5):
        backoff.next_ms()
    backoff.reset()
    assert backoff.next_ms() <= 1000


def test_two_signs_rarely_wait_equally_long():
    first = [Backoff(60_000, 60_000).next_ms() for _ in range(8)]
    assert len(set(first)) > 1

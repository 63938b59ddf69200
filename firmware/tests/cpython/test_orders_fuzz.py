"""Whatever comes over MQTT: packets, commands and configurations are taken, or refused with a reason.

GANGVAKT_FUZZ is the number of examples of each.
"""

import contextlib
import importlib
import json
import os
import sys
import types

from hypothesis import example, given, settings
from hypothesis import strategies as st

from sign.core.config import load
from sign.core.detector import Detector
from sign.proto import mqtt
from sign.services import desired

# The chip's module, for the clock's room; nothing of it is used here.
sys.modules.setdefault("machine", types.SimpleNamespace(RTC=None, reset=None))
commands = importlib.import_module("sign.services.commands")
commands.time = types.SimpleNamespace(ticks_ms=lambda: 1_000)

EXAMPLES = int(os.environ.get("GANGVAKT_FUZZ", "60"))
fuzzed = settings(max_examples=EXAMPLES)
BOUND = 300
VERBS = ("flash", "force-on", "mute", "recording-list", "no-such", "", "__init__")
SCHEMA = "0123abcd"

scalar = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12)
anything = st.recursive(
    scalar,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=8,
)
deep = st.integers(0, 600).flatmap(lambda n: st.sampled_from([b"[" * n, b'{"a":' * n, b"[" * n + b"]" * n]))
verb = st.sampled_from(VERBS)
chunk = st.binary(max_size=400) | st.just(b"\x30\x0c\x00\x01a" + bytes(9))
command = st.fixed_dictionaries(
    {
        "v": st.just(1) | scalar,
        "id": st.text(max_size=18) | scalar,
        "verb": st.sampled_from(VERBS) | anything,
    },
    optional={"args": anything, "expires": scalar, "within_s": scalar},
)
document = st.fixed_dictionaries(
    {"v": st.just(1) | scalar, "version": st.integers(-2, 12) | scalar},
    optional={"schema": st.just(SCHEMA) | scalar, "values": anything},
)


def as_bytes(strategy):
    return strategy.map(lambda obj: json.dumps(obj).encode()) | st.binary(max_size=1200) | deep


class Armed:
    """Of the running sign what is asked."""

    def __init__(self):
        self.armed, self.desired, self.schema, self.trial = self, None, SCHEMA, None
        self.config = load({"version": 5})[0]
        self.detector = Detector(self.config)
        self.uptime = types.SimpleNamespace(total_ms=lambda: 10**6)


@fuzzed
@given(
    st.lists(st.binary(max_size=400) | st.just(b"\x30\x0c\x00\x01a" + bytes(9)), max_size=6),
    st.integers(1, 64),
)
@example([b"\x33\xff\xff\x7f\x00\x01t\x00\x07" + b"x" * 500], 64)
def test_any_bytes_become_packets_within_the_bound_or_end_the_connection(chunks, cut):
    decoder = mqtt.Decoder(BOUND)
    data = b"".join(chunks)
    with contextlib.suppress(mqtt.MqttError):
        for at in range(0, len(data), cut):
            for packet in decoder.feed(data[at : at + cut]):
                if packet[0] == mqtt.PUBLISH and packet[2] is not None:
                    assert len(packet[1]) + len(packet[2]) <= BOUND
            assert decoder._body is None or len(decoder._body) <= BOUND


@fuzzed
@given(st.binary(max_size=900), st.integers(0, 1), st.integers(1, 700), st.integers(1, 128))
def test_a_message_comes_whole_or_is_passed_over_with_what_acknowledges_it(payload, qos, bound, cut):
    sent = mqtt.publish_head("a/b", len(payload), qos, False, 7 if qos else 0) + payload
    decoder = mqtt.Decoder(bound)
    found = []
    for at in range(0, len(sent), cut):
        found += decoder.feed(sent[at : at + cut])
    ((_, topic, got, got_qos, _, _, packet_id),) = found
    assert (topic, got_qos, packet_id) == ("a/b", qos, 7 if qos else 0)
    size = 5 + 2 * qos + len(payload)
    if size <= bound:
        assert bytes(got) == payload
    elif size > 192:
        assert got is None


@fuzzed
@given(as_bytes(command), st.booleans())
def test_every_command_gets_an_answer_that_is_small_and_json(payload, backlog):
    sign, done = Armed(), []
    answer, job = commands.obey(sign, done, payload, 0, backlog)
    assert job is None
    text = json.dumps(answer)
    assert len(text) < 1500
    assert answer["v"] == 1
    assert answer["ok"] or answer.get("repeated") or answer["field"]
    assert "Error(" not in str(answer.get("value")), "a verb failed instead of refusing"
    order = sign.detector.order
    assert order is None or 0 < order.lasts_ms <= sign.config.mute_max_min * 60_000


@fuzzed
@given(as_bytes(document))
def test_every_wanted_configuration_is_news_or_refused_or_known(payload):
    sign = Armed()
    news = desired.news(sign, payload)
    assert not (news and sign.desired)
    if news:
        told = json.loads(payload)
        assert (told["schema"], told["version"] > 5) == (SCHEMA, True)
    if sign.desired:
        json.dumps(sign.desired)
        assert sign.desired["state"] == "refused"
        assert sign.desired["errors"][0]["field"]

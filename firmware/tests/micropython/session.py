"""Connects the MQTT client to 127.0.0.1 as often as asked: `micropython session.py PORT TIMES`.

Prints what happens, one line each; time-outs are shortened so that a test need not wait.
"""

import asyncio
import sys

sys.path.insert(0, __file__.rsplit("/", 1)[0] + "/../..")

from sign.services import mqtt_client

mqtt_client.OPEN_TIMEOUT_MS = 1000
mqtt_client.ACK_TIMEOUT_MS = 1000
mqtt_client.PING_TIMEOUT_MS = 1000
KEEPALIVE_S = 2
WILL = ("sign/status", b"gone", 1, True)


def on_message(topic, payload):
    print("message", topic, payload)


async def work(client):
    print("open, in flight", client.in_flight)
    await client.publish("sign/event", [b"hel", b"lo"], 1)
    await client.publish("sign/telemetry", [b"world"])


async def main(port, times):
    client = mqtt_client.MqttClient("town/site/sign", WILL, on_message, lambda: None, KEEPALIVE_S)
    for _ in range(times):
        stream, _ = await asyncio.open_connection("127.0.0.1", port)
        print("ended", await client.run(stream, (("sign/ack", 1),), work))
    if client.passed_over:
        print("passed over", client.passed_over)
    print("counted", sum(client.closed_reasons.values()))


asyncio.run(main(int(sys.argv[1]), int(sys.argv[2])))

"""What stands beside the files of a Mosquitto that somebody else runs."""

from __future__ import annotations

from pathlib import Path

from gangvakt.broker.mosquitto_config import CONFIG, Listeners
from gangvakt.broker.mosquitto_units import DROP_IN, NAME


def readme(folder: Path, listeners: Listeners, data: Path) -> str:
    """Markdown."""
    url = f"mqtts://{listeners.controller_host}:{listeners.controller_port}"
    return f"""# Mosquitto for Gangvakt

Gangvakt writes the files in this folder and writes them anew when a sign is registered or revoked. Mosquitto
takes them over at SIGHUP; connections that stand go on.

1. Mosquitto 2.0 or later must be able to read this folder and to write `store/` in it. Where it becomes
   another user: `chown -R mosquitto: {folder}`.
2. Start it with this configuration, and with no other (`per_listener_settings` holds for all listeners):
   `mosquitto -c {folder / CONFIG}`, or as a service:
   `install -Dm644 {folder / DROP_IN} /etc/systemd/system/mosquitto.service.d/gangvakt.conf`
3. Let it read the files anew whenever they change, or a revoked sign stays in:
   `install -m644 {folder / NAME}.path {folder / NAME}.service /etc/systemd/system/`, then
   `systemctl daemon-reload && systemctl enable --now {NAME}.path && systemctl restart mosquitto`.
4. `gangvakt broker check {url} --data {data} --signs HOST:{listeners.port}`
5. `gangvakt serve --data {data} --broker {url} --broker-files {folder} --mqtt-port {listeners.port}`

Signs come in at port {listeners.port}; open it in the firewall. Port {listeners.controller_port} is for the
controller alone; keep it closed to everybody else.
"""

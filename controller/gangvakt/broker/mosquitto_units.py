"""Units of systemd that let a Mosquitto which somebody else runs read its files anew when they change."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

NAME = "gangvakt-mosquitto"
DROP_IN = "mosquitto-gangvakt.conf"
PROGRAM = Path("/usr/sbin/mosquitto")  # where Debian has it


def units(folder: Path, config: str, program: Path = PROGRAM) -> Mapping[str, str]:
    """Their text by the names of their files. `folder` is where `config` lies for the broker."""
    # A path is taken word by word, and a percent sign means something to systemd.
    where = str(folder).replace("%", "%%")
    return {
        f"{NAME}.path": f"""[Unit]
Description=Watches what Gangvakt writes for Mosquitto

[Path]
PathChanged={where}

[Install]
WantedBy=multi-user.target
""",
        f"{NAME}.service": """[Unit]
Description=Lets Mosquitto read its certificates, lists and rules anew

[Service]
Type=oneshot
ExecStart=/bin/systemctl kill --signal=HUP mosquitto.service
""",
        DROP_IN: f"""[Service]
ExecStart=
ExecStart={program} -c "{where}/{config}"
""",
    }

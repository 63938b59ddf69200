"""From a blank board to a working sign in one command: real esptool, real mpremote, real controller.

A real board is erased and flashed with `--port PORT --board ID --image FILE --host ADDRESS --ssid NAME`, its
Wi-Fi key in GANGVAKT_PSK; ADDRESS is where it reaches this computer. It needs a radar and lamps.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import zxingcpp
from hil_tests.flashing import SITE, OnBench, Technician, controller_at, told
from PIL import Image

from gangvakt.fleet import SignId
from gangvakt.provision.board import load_board
from gangvakt_sim.bench.context import free_ports


@pytest.fixture
def on_bench(request: pytest.FixtureRequest) -> OnBench:
    return OnBench.from_options(request.config)


@pytest.fixture
def technician(on_bench: OnBench, tmp_path: Path) -> Iterator[Technician]:
    """Beside a controller that runs, and a site."""
    broker = (on_bench.host, free_ports(1)[0])
    technician = Technician(load_board(on_bench.board), tmp_path, broker, on_bench.wifi, on_bench.image)
    with controller_at(on_bench.host, technician.data, broker[1], tmp_path / "controller.log"):
        technician.add_site()
        yield technician


@pytest.mark.alone
@pytest.mark.timeout(300)
def test_a_blank_board_becomes_a_connected_tested_and_registered_sign(
    technician: Technician, on_bench: OnBench, capsys: pytest.CaptureFixture[str]
):
    with on_bench.plugged_in(technician) as port:
        assert technician.run("flash", "--site", SITE, "--port", port, "--json") == 0
        outcome = told(capsys.readouterr().out)[0]
        assert technician.run("flash", "--site", SITE, "--port", port) == 1
        assert "is registered as" in capsys.readouterr().err
    report, sign = outcome["report"], outcome["sign"]
    assert technician.states() == {sign: "registered"}
    assert sign == f"{SITE}/{report['mac']}"
    assert outcome["online"] is True
    assert report["self_test"]["ok"]
    assert technician.registration(SignId.parse(sign)).versions["micropython"] == "1.26.1"
    picture = next(path for path in outcome["labels"] if path.endswith(".png"))
    with Image.open(picture) as label:
        assert report["mac"] in zxingcpp.read_barcodes(label)[0].text

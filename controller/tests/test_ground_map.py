"""The map below the signs: taken whole or not at all, and what is wrong is named."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from gangvakt.cli.app import app
from gangvakt.errors import MapRefused, SettingRefused
from gangvakt.provision.ground_map import read_map
from gangvakt.settings import Tiles


def a_map(*geometries: Any, **properties: Any) -> bytes:
    features = [{"type": "Feature", "geometry": one, "properties": properties} for one in geometries]
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


LINE = {"type": "LineString", "coordinates": [[10.2, 59.7, 4.0], [10.21234567, 59.71]]}


def test_what_is_kept_are_shapes_and_names_and_nothing_else() -> None:
    kept = json.loads(read_map("x", a_map(LINE, name="Storgata\n", owner="Kari")))
    (feature,) = kept["features"]
    assert feature["properties"] == {"name": "Storgata"}
    assert feature["geometry"]["coordinates"] == [[10.2, 59.7], [10.212346, 59.71]]


@pytest.mark.parametrize(
    ("content", "named"),
    [
        (b"", "file is"),
        (b"[" * 100_000, "file is"),
        (b'{"type": "Feature"}', "type is 'Feature'; allowed: FeatureCollection"),
        (a_map(), "features is 0; allowed: a list of 1..50000"),
        (a_map({"type": "Circle"}), r"features\[0\]\.geometry\.type is 'Circle'; allowed: Point"),
        (
            a_map(LINE, {"type": "Point", "coordinates": [10, 91]}),
            r"features\[1\]\.coordinates is '\[10, 91\]'",
        ),
        (a_map({"type": "Point", "coordinates": [True, 1]}), "allowed: longitude -180..180"),
        (a_map({"type": "LineString", "coordinates": []}), "allowed: a list that is not empty"),
    ],
)
def test_a_map_that_is_none_is_refused_by_what_is_wrong(content: bytes, named: str) -> None:
    with pytest.raises(MapRefused, match=named):
        read_map("x", content)


@pytest.mark.parser
@given(
    st.binary(max_size=200)
    | st.recursive(st.none() | st.integers() | st.text(), st.lists).map(
        lambda one: a_map({"type": "Polygon", "coordinates": one})
    )
)
def test_whatever_comes_is_a_map_or_refused(content: bytes) -> None:
    try:
        kept = json.loads(read_map("x", content))
    except MapRefused as refused:
        kept = {"type": str(refused)}
    assert "\n" not in kept["type"]


def test_the_command_keeps_the_map_before_when_the_new_one_is_refused(tmp_path: Path) -> None:
    good, bad = tmp_path / "good.geojson", tmp_path / "bad.geojson"
    good.write_bytes(a_map(LINE))
    bad.write_bytes(b"{}")
    for file in (good, bad):
        CliRunner().invoke(app, ["map", "import", str(file), "--data", str(tmp_path)])
    assert "LineString" in (tmp_path / "map.geojson").read_text()
    CliRunner().invoke(app, ["map", "remove", "--data", str(tmp_path)])
    assert not (tmp_path / "map.geojson").exists()


def test_a_tile_server_is_one_origin_of_the_pages_policy() -> None:
    tiles = Tiles("https://tiles.example.no:8443/topo/{z}/{x}/{y}.png", "© Kartverket")
    assert tiles.origin == "https://tiles.example.no:8443"


@pytest.mark.parametrize(
    "url",
    [
        "https://tiles.example.no/{z}/{x}.png",
        "ftp://tiles.example.no/{z}/{x}/{y}",
        "https://tiles.example.no; script-src */{z}/{x}/{y}",
        "https://{z}.example.no/{z}/{x}/{y}",
        f"https://tiles.example.no/{'a' * 300}/{{z}}/{{x}}/{{y}}",
    ],
)
def test_a_tile_server_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(SettingRefused, match="--tiles"):
        Tiles(url)

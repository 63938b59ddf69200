"""Scenes: one crossing with its road, pavements and sign poles, read from TOML and checked.

The crossing is a quad drawn clockwise whose first edge (corners 0-1) and third edge (corners 2-3) are the two
kerb lines: walking along either in the order of the corners, the roadway is on the right.
"""

from __future__ import annotations

import math
import tomllib
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from gangvakt_sim.errors import SceneError
from gangvakt_sim.world.geometry import Point, Pose, contains, turns_clockwise

SCENES_DIR = Path(__file__).with_name("scenes")
DEFAULT_SCENE = "storgata"

Metres = Annotated[float, Field(gt=-1000, lt=1000)]
Degrees = Annotated[float, Field(ge=-360, le=360)]
Corner = Annotated[tuple[Metres, Metres], Field(strict=False)]
Quad = Annotated[tuple[Corner, Corner, Corner, Corner], Field(strict=False)]
Line = Annotated[tuple[Corner, Corner], Field(strict=False)]
Polygon = Annotated[tuple[Corner, ...], Field(strict=False, min_length=3, max_length=64)]
Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,31}$")]


class _Part(BaseModel):
    """Strict, closed and frozen: a scene file has no spare keys and no guessed types."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class RadarFan(_Part):
    """What the radar can see; the LD2450's data sheet unless the scene says otherwise."""

    range_m: Annotated[float, Field(gt=0, le=100)] = 6.0
    half_fan_deg: Annotated[float, Field(gt=0, le=90)] = 60.0


class PirCone(_Part):
    """What the PIR can see, around the radar's look direction turned by `turn_deg`."""

    range_m: Annotated[float, Field(gt=0, le=30)] = 4.0
    half_cone_deg: Annotated[float, Field(gt=0, le=90)] = 45.0
    turn_deg: Degrees = 0.0


class SignPole(_Part):
    """One sign: its sensor's pose, and which of the crossing's two kerbs it guards."""

    id: Name
    x: Metres
    y: Metres
    azimuth_deg: Degrees
    kerb: Literal[0, 1]
    approach_depth_m: Annotated[float, Field(ge=1, le=10)] = 3.5
    radar: RadarFan = RadarFan()
    pir: PirCone = PirCone()

    @property
    def pose(self) -> Pose:
        """The sensor's pose."""
        return Pose(self.x, self.y, self.azimuth_deg)


class Lane(_Part):
    """A line along which cars or cyclists drive, at about `speed_m_s`, `per_minute` of them."""

    kind: Literal["car", "cyclist"]
    line: Line
    speed_m_s: Annotated[float, Field(gt=0.5, le=40)]
    per_minute: Annotated[float, Field(ge=0, le=30)]


class Traffic(_Part):
    """Who is about: one footway along each kerb (in the kerbs' order), people a minute, and the lanes."""

    footways: Annotated[tuple[Line, Line], Field(strict=False)]
    people_per_minute: Annotated[float, Field(ge=0, le=60)]
    lanes: Annotated[tuple[Lane, ...], Field(strict=False, max_length=8)] = ()


class Scene(_Part):
    """A checked scene file."""

    name: Name
    title: Annotated[str, Field(min_length=1, max_length=80)]
    municipality: Name
    bounds: Annotated[tuple[Metres, Metres, Metres, Metres], Field(strict=False)]
    road: Polygon
    pavements: Annotated[tuple[Polygon, ...], Field(strict=False, max_length=16)]
    crossing: Quad
    signs: Annotated[tuple[SignPole, ...], Field(alias="sign", strict=False, min_length=1, max_length=16)]
    traffic: Traffic | None = None

    @property
    def kerbs(self) -> tuple[tuple[Point, Point], tuple[Point, Point]]:
        """The two kerb lines of the crossing; walking along either the roadway is on the right."""
        a, b, c, d = self.crossing
        return (a, b), (c, d)

    @property
    def crossing_width_m(self) -> float:
        """What there is to walk from kerb to kerb."""
        a, b, c, d = self.crossing
        return (math.dist(b, c) + math.dist(d, a)) / 2

    def sign(self, sign_id: str) -> SignPole:
        """The sign of that id; SceneError where the scene has none."""
        for sign in self.signs:
            if sign.id == sign_id:
                return sign
        raise SceneError(self.name, "sign", sign_id, "one of " + ", ".join(s.id for s in self.signs))

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        xmin, ymin, xmax, ymax = self.bounds
        if not (xmin < xmax and ymin < ymax):
            raise ValueError("bounds must be [xmin, ymin, xmax, ymax] with xmin < xmax and ymin < ymax")
        if not turns_clockwise(self.crossing):
            raise ValueError(
                "crossing must be convex and drawn clockwise: the road is on the right of its kerbs"
            )
        if len({sign.id for sign in self.signs}) < len(self.signs):
            raise ValueError("every sign needs an id of its own")
        field = ((xmin, ymin), (xmin, ymax), (xmax, ymax), (xmax, ymin))
        for sign in self.signs:
            if not contains(field, (sign.x, sign.y)):
                raise ValueError(f"sign {sign.id} stands outside the bounds")
        return self


def scene_names() -> list[str]:
    """Names of the shipped scenes."""
    return sorted(path.stem for path in SCENES_DIR.glob("*.toml"))


def load_scene(scene: str | Path) -> Scene:
    """Read and check a scene: the name of a shipped one, or a path ending in `.toml`.

    SceneError names the file, the field, the value found and what is allowed.
    """
    path = Path(scene) if str(scene).endswith(".toml") else SCENES_DIR / f"{scene}.toml"
    try:
        return Scene.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        allowed = "a path to a .toml file or one of " + ", ".join(scene_names())
        raise SceneError("scenes", "scene", str(scene), allowed) from None
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SceneError(str(path), "file", str(error), "a readable TOML file in UTF-8") from error
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        field = ".".join(map(str, first["loc"])) or "scene"
        value = first["input"] if not isinstance(first["input"], dict) else "(table)"
        raise SceneError(str(path), field, value, first["msg"].removeprefix("Value error, ")) from error

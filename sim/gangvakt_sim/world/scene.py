"""Sites: one crossing with its road and its signs, read from a TOML file into a checked Scene.

The format is described in `sites/README.md`. The crossing is a quad drawn clockwise whose first edge
(corners 0-1) and third edge (corners 2-3) are the two kerb lines: walking along either in the order of the
corners, the roadway is on the right.
"""

from __future__ import annotations

import math
import tomllib
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from gangvakt_sim.errors import SceneError
from gangvakt_sim.sign_code import config_errors
from gangvakt_sim.world.geometry import (
    Point,
    Pose,
    contains,
    crosses_itself,
    in_fan,
    lerp,
    turns_clockwise,
)
from gangvakt_sim.world.messages import sign_config
from gangvakt_sim.world.refusal import Misfit, first_refusal

SITES_DIR = Path(__file__).resolve().parents[2] / "sites"
DEFAULT_SCENE = "storgata"
KERB_PROBES = 21
KERB_IN_VIEW = 0.5  # a sensor that sees less of its kerb has been turned or placed wrongly

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
    """What the PIR can see, around the radar's look direction turned by `turn_deg`.

    The defaults are those of the HC-SR501's data sheet: up to 7 m, a cone of 110 degrees.
    """

    range_m: Annotated[float, Field(gt=0, le=30)] = 7.0
    half_cone_deg: Annotated[float, Field(gt=0, le=90)] = 55.0
    turn_deg: Degrees = 0.0


class Sensor(_Part):
    """One radar of a sign; what is left out is that of the pole, or of the data sheet of its kind."""

    kind: Literal["ld2450", "c4001", "ld2410", "ld2451"]
    port: Name = "radar"
    x: Metres | None = None
    y: Metres | None = None
    azimuth_deg: Degrees | None = None
    range_m: Annotated[float, Field(gt=0, le=100)] | None = None
    half_fan_deg: Annotated[float, Field(gt=0, le=90)] | None = None

    @property
    def fan(self) -> RadarFan:
        """What it can see."""
        sheet = DATA_SHEET[self.kind]
        return RadarFan(
            range_m=self.range_m or sheet.range_m, half_fan_deg=self.half_fan_deg or sheet.half_fan_deg
        )

    def pose_at(self, pole: Pose) -> Pose:
        """Where it is and which way it looks, on that pole."""
        return Pose(
            pole.x if self.x is None else self.x,
            pole.y if self.y is None else self.y,
            pole.azimuth_deg if self.azimuth_deg is None else self.azimuth_deg,
        )


DATA_SHEET = {
    "ld2450": RadarFan(),
    "c4001": RadarFan(range_m=25.0, half_fan_deg=50.0),
    "ld2410": RadarFan(range_m=5.0, half_fan_deg=60.0),
    "ld2451": RadarFan(range_m=100.0, half_fan_deg=20.0),
}


VEHICLES_ONLY = "ld2451"


class Lamps(_Part):
    """The two lamps of a sign: what they flash and how brightly."""

    pattern: Literal["alternating", "steady"] = "alternating"
    dim_pct: Annotated[int, Field(ge=5, le=100)] = 100


class SignPole(_Part):
    """One sign: its pole's pose, which of the crossing's two kerbs it guards, and what it carries."""

    id: Name
    x: Metres
    y: Metres
    azimuth_deg: Degrees
    kerb: Literal[0, 1]
    height_m: Annotated[float, Field(ge=0.5, le=6)] = 2.0
    sensors: Annotated[
        tuple[Sensor, ...], Field(alias="sensor", strict=False, min_length=1, max_length=2)
    ] = (Sensor(kind="ld2450"),)
    pir: PirCone | Literal[False] = PirCone()
    lamps: Lamps = Lamps()
    policy: dict[str, int | bool | str] = {}

    @property
    def pose(self) -> Pose:
        """The pose of the first sensor."""
        return self.pose_of(self.sensors[0])

    def pose_of(self, sensor: Sensor) -> Pose:
        """Where a sensor of this pole is and which way it looks."""
        return sensor.pose_at(Pose(self.x, self.y, self.azimuth_deg))

    @property
    def radar(self) -> RadarFan:
        """What the first sensor can see."""
        return self.sensors[0].fan

    @field_validator("policy")
    @classmethod
    def _known_to_the_firmware(cls, policy: dict[str, int | bool | str]) -> dict[str, int | bool | str]:
        for name, value, allowed in config_errors(policy):
            raise Misfit(name, value, allowed)
        return policy

    @model_validator(mode="after")
    def _ports_differ(self) -> Self:
        if len({sensor.port for sensor in self.sensors}) < len(self.sensors):
            raise Misfit("sensor.port", [s.port for s in self.sensors], "another one for every sensor")
        return self

    @field_validator("sensors")
    @classmethod
    def _first_sees_people(cls, sensors: tuple[Sensor, ...]) -> tuple[Sensor, ...]:
        if sensors[0].kind == VEHICLES_ONLY:
            raise Misfit("0.kind", sensors[0].kind, "first one that sees people: ld2450 | c4001 | ld2410")
        return sensors

    def sees(self, point: Point) -> bool:
        """Whether a place lies in the fan of one of its sensors that see people."""
        for sensor in self.sensors:
            if sensor.kind == VEHICLES_ONLY:
                continue
            right, ahead = self.pose_of(sensor).to_sensor(point)
            if in_fan(right, ahead, sensor.fan.range_m, sensor.fan.half_fan_deg):
                return True
        return False


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
    """A checked site file."""

    name: Name
    title: Annotated[str, Field(min_length=1, max_length=80)]
    municipality: Name
    speed_limit_km_h: Annotated[int, Field(ge=5, le=110)] = 50
    bounds: Annotated[tuple[Metres, Metres, Metres, Metres], Field(strict=False)]
    road: Polygon
    pavements: Annotated[tuple[Polygon, ...], Field(strict=False, max_length=16)] = ()
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

    @field_validator("road", "crossing")
    @classmethod
    def _simple(cls, polygon: tuple[Point, ...]) -> tuple[Point, ...]:
        if crosses_itself(polygon):
            raise ValueError("a polygon whose edges do not cross one another")
        return polygon

    @field_validator("pavements")
    @classmethod
    def _simple_each(cls, pavements: tuple[Polygon, ...]) -> tuple[Polygon, ...]:
        return tuple(map(cls._simple, pavements))

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        xmin, ymin, xmax, ymax = self.bounds
        if not (xmin < xmax and ymin < ymax):
            raise Misfit("bounds", self.bounds, "[xmin, ymin, xmax, ymax] with xmin < xmax and ymin < ymax")
        if not turns_clockwise(self.crossing):
            clockwise = "convex and drawn clockwise: the road is on the right of its kerbs"
            raise Misfit("crossing", self.crossing, clockwise)
        if len({sign.id for sign in self.signs}) < len(self.signs):
            raise Misfit("sign.id", [sign.id for sign in self.signs], "another one for every sign")
        field = ((xmin, ymin), (xmin, ymax), (xmax, ymax), (xmax, ymin))
        for sign in self.signs:
            if not contains(field, (sign.x, sign.y)):
                raise Misfit(f"sign {sign.id}, x and y", (sign.x, sign.y), f"within the bounds {self.bounds}")
            seen = self._kerb_in_view(sign)
            if seen < KERB_IN_VIEW:
                least = f"a pose from which the sensors see {KERB_IN_VIEW:.0%} or more of it"
                raise Misfit(f"sign {sign.id}, view of kerb line {sign.kerb}", f"{seen:.0%}", least)
        return self

    def _kerb_in_view(self, sign: SignPole) -> float:
        kerb = self.kerbs[sign.kerb]
        places = (lerp(*kerb, probe / (KERB_PROBES - 1)) for probe in range(KERB_PROBES))
        return sum(map(sign.sees, places)) / KERB_PROBES


def scene_names() -> list[str]:
    """Names of the shipped sites."""
    return sorted(path.stem for path in SITES_DIR.glob("*.toml"))


def load_scene(scene: str | Path) -> Scene:
    """Read and check a site: the name of a shipped one, or a path ending in `.toml`.

    SceneError names the file, the field, the value found and what is allowed.
    """
    name = str(scene)
    path = Path(scene) if name.endswith(".toml") else SITES_DIR / f"{name}.toml"
    try:
        checked = Scene.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        allowed = "a path to a .toml file or one of " + ", ".join(scene_names())
        raise SceneError("sites", "site", str(scene), allowed) from None
    except ValidationError as error:
        raise SceneError(str(path), *first_refusal(Scene, error)) from error
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError, ValueError) as error:
        raise SceneError(str(path), "file", str(error), "a readable TOML file in UTF-8") from error
    for sign in checked.signs:
        for name, value, allowed in config_errors(sign_config(checked, sign)):
            raise SceneError(str(path), f"sign {sign.id}, {name}", value, allowed)
    return checked

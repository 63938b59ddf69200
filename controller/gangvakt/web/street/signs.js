/** Sign poles: the radar's field of view, the sign with its two lamps, the light of the lamps and a label in words. */
import { COLOURS, SIZES } from "./palette.js";
import { direction, inside, middle, moved } from "./frame.js";

const ARC_STEP_M = 2;
const LABEL_FONT_PX = 12;
const PLATE_LEAST_OFF_M = 1.2;
const PLATE_MOST_OFF_M = 5;
const PLATE_CLEAR_M = 0.9;

export function paintFans(context, frame, signs) {
  for (const sign of signs) paintFan(context, frame, sign);
}

function paintFan(context, frame, sign) {
  const [x, y, reach] = [frame.x(sign.x), frame.y(sign.y), sign.range_m * frame.scale];
  const half = (sign.half_fan_deg * Math.PI) / 180;
  const look = (-sign.azimuth_deg * Math.PI) / 180;
  const wash = context.createRadialGradient(x, y, 0, x, y, reach);
  wash.addColorStop(0, "rgba(143, 208, 242, 0.30)");
  wash.addColorStop(1, "rgba(143, 208, 242, 0.05)");
  context.beginPath();
  context.moveTo(x, y);
  context.arc(x, y, reach, look - half, look + half);
  context.closePath();
  context.fillStyle = wash;
  context.fill();
  context.strokeStyle = "rgba(143, 208, 242, 0.45)";
  context.lineWidth = 1;
  context.stroke();
  paintArcs(context, [x, y], frame.scale, sign.range_m, look, half);
}

function paintArcs(context, [x, y], scale, range_m, look, half) {
  context.strokeStyle = "rgba(143, 208, 242, 0.22)";
  for (let range = ARC_STEP_M; range < range_m; range += ARC_STEP_M) {
    context.beginPath();
    context.arc(x, y, range * scale, look - half, look + half);
    context.stroke();
  }
}

/**
 * Where each sign is drawn: {name, pole, plate, side}. The plate stands off the road and the pavements, so that it
 * hides nobody, with a line to its pole. `side` is where its label goes: +1 right of it, -1 left.
 */
export function placeSigns({ signs, crossing, road, pavements }) {
  const focus = middle(crossing);
  const paved = [road, ...pavements];
  return signs.map((sign) => {
    const pole = [sign.x, sign.y];
    const [x, y] = direction(focus, pole);
    return { name: sign.sign, pole, plate: plateBeside(pole, y >= 0 ? 1 : -1, paved), side: x >= 0 ? 1 : -1 };
  });
}

function plateBeside(pole, away, paved) {
  let off_m = PLATE_LEAST_OFF_M;
  while (off_m < PLATE_MOST_OFF_M && paved.some((area) => inside(moved(pole, [0, away], off_m), area))) off_m += 0.25;
  return moved(pole, [0, away], off_m + PLATE_CLEAR_M);
}

/** Amber light on the street under the actors, for each lamp that is lit. */
export function paintGlow(context, frame, places, lamps) {
  context.save();
  context.globalCompositeOperation = "lighter";
  for (const { name, pole } of places) {
    (lamps[name] ?? []).forEach((lit, side) => {
      const at = [frame.x(pole[0] + (side ? 0.4 : -0.4)), frame.y(pole[1])];
      if (lit) paintLight(context, at, SIZES.glow_m * frame.scale, 0.6);
    });
  }
  context.restore();
}

function paintLight(context, [x, y], radius, strength) {
  const light = context.createRadialGradient(x, y, 0, x, y, radius);
  light.addColorStop(0, `rgba(255, 181, 46, ${strength})`);
  light.addColorStop(0.35, `rgba(255, 160, 30, ${strength * 0.38})`);
  light.addColorStop(1, "rgba(255, 140, 10, 0)");
  context.fillStyle = light;
  context.beginPath();
  context.arc(x, y, radius, 0, 7);
  context.fill();
}

function signSize(frame) {
  return Math.max(SIZES.sign_m * frame.scale, SIZES.sign_least_px);
}

/** Signs above everything else. `stateOf(name)` gives the word after the sign's name and whether it is flashing. */
export function paintSigns(context, frame, places, lamps, stateOf) {
  for (const place of places) {
    const lit = lamps[place.name] ?? [0, 0];
    const [x, y] = [frame.x(place.plate[0]), frame.y(place.plate[1])];
    paintPole(context, frame, place, lit);
    const size = signSize(frame);
    paintHousing(context, x, y, size);
    [-1, 1].forEach((side, i) => paintLamp(context, [x + side * size * 0.92, y], size * 0.3, lit[i]));
    paintPlate(context, x, y, size);
    paintLabel(context, frame, [x, y], place, stateOf(place.name));
  }
}

function paintPole(context, frame, { pole, plate }, lit) {
  const [x, y, size] = [frame.x(pole[0]), frame.y(pole[1]), signSize(frame) * 0.32];
  context.beginPath();
  context.moveTo(x, y);
  context.lineTo(frame.x(plate[0]), frame.y(plate[1]));
  context.strokeStyle = "rgba(234, 241, 246, 0.45)";
  context.lineWidth = 1.2;
  context.stroke();
  context.beginPath();
  context.roundRect(x - size * 1.25, y - size * 0.62, size * 2.5, size * 1.24, size * 0.6);
  context.fillStyle = COLOURS.housing;
  context.fill();
  [-1, 1].forEach((side, i) => paintLamp(context, [x + side * size * 0.66, y], size * 0.42, lit[i]));
}

function paintHousing(context, x, y, size) {
  context.shadowColor = "rgba(0, 0, 0, 0.5)";
  context.shadowBlur = size * 0.4;
  context.fillStyle = COLOURS.housing;
  context.beginPath();
  context.roundRect(x - size * 1.4, y - size * 0.44, size * 2.8, size * 0.88, size * 0.44);
  context.fill();
  context.shadowBlur = 0;
}

function paintLamp(context, [x, y], radius, lit) {
  if (lit) {
    context.save();
    context.globalCompositeOperation = "lighter";
    paintLight(context, [x, y], radius * 4.5, 0.75);
    context.restore();
  }
  context.beginPath();
  context.arc(x, y, radius, 0, 7);
  context.fillStyle = lit ? COLOURS.lamp : COLOURS.lampDark;
  context.fill();
  context.strokeStyle = lit ? "#fff1cf" : "#7a6434";
  context.lineWidth = Math.max(1, radius * 0.18);
  context.stroke();
  if (!lit) return;
  context.beginPath();
  context.arc(x, y, radius * 0.5, 0, 7);
  context.fillStyle = "#fff6df";
  context.fill();
}

/** The blue plate with the white triangle of the Nordic crossing sign. */
function paintPlate(context, x, y, size) {
  const half = size / 2;
  context.beginPath();
  context.roundRect(x - half, y - half, size, size, size * 0.14);
  context.fillStyle = COLOURS.signBlue;
  context.fill();
  context.strokeStyle = "#dfe9f2";
  context.lineWidth = Math.max(1, size * 0.06);
  context.stroke();
  context.beginPath();
  context.moveTo(x, y - half * 0.66);
  context.lineTo(x + half * 0.72, y + half * 0.58);
  context.lineTo(x - half * 0.72, y + half * 0.58);
  context.closePath();
  context.fillStyle = "#f5f8fa";
  context.fill();
  paintWalkingFigure(context, x, y + half * 0.12, size * 0.44);
}

function paintWalkingFigure(context, x, y, size) {
  context.strokeStyle = "#10161c";
  context.fillStyle = "#10161c";
  context.lineWidth = Math.max(1, size * 0.16);
  context.lineCap = "round";
  context.beginPath();
  context.arc(x, y - size * 0.3, size * 0.13, 0, 7);
  context.fill();
  context.beginPath();
  context.moveTo(x, y - size * 0.12);
  context.lineTo(x, y + size * 0.18);
  context.lineTo(x - size * 0.2, y + size * 0.48);
  context.moveTo(x, y + size * 0.18);
  context.lineTo(x + size * 0.2, y + size * 0.48);
  context.stroke();
}

/** Name and state beside the plate, on the side away from the crossing where the picture has room for it. */
function paintLabel(context, frame, [x, y], { name, side }, state) {
  context.font = `600 ${LABEL_FONT_PX}px Roboto, system-ui, sans-serif`;
  const text = `${name} · ${state.text}`;
  const width = context.measureText(text).width + 18;
  const off = signSize(frame) * 1.4 + 6;
  const toRight = side > 0 ? x + off + width < frame.width : x - off - width < 0;
  const left = toRight ? x + off : x - off - width;
  context.beginPath();
  context.roundRect(left, y - 11, width, 22, 11);
  context.fillStyle = COLOURS.labelBack;
  context.fill();
  context.fillStyle = state.flashing ? COLOURS.lamp : COLOURS.label;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillText(text, left + width / 2, y + 0.5);
}

/** What is painted on the road: the crossing's bars, worn wheel tracks and the line between the lanes. */
import { COLOURS, SIZES } from "./palette.js";
import { along, between, direction, distance, fillPolygon, middle, moved, strokeLine } from "./frame.js";

const LANE_DASH_M = [3, 3];
const FREE_OF_CROSSING_M = 1;
const WHEEL_TRACKS = [0.15, 0.36, 0.64, 0.85]; // shares of the way from one kerb to the other
const PARALLEL_COSINE = 0.94;

/** Expects the canvas to be clipped to the road. */
export function paintMarkings(context, frame, scene) {
  const crossing = turnedAlongRoad(scene);
  if (knowsRoad(scene)) paintLanes(context, frame, scene, crossing);
  paintBars(context, frame, crossing);
}

/** The unit vector along the road: the way the first kerb line runs. */
export function roadDirection({ kerbs, crossing }) {
  const [kerb] = kerbs;
  return kerb ? direction(kerb[0], kerb[1]) : direction(crossing[0], crossing[1]);
}

/** The road's sides that run along it, as opposed to its ends. */
export function sidesAlongRoad(scene) {
  const ahead = roadDirection(scene);
  const sides = scene.road.map((corner, i) => [corner, scene.road[(i + 1) % scene.road.length]]);
  return sides.filter(([a, b]) => Math.abs(along([0, 0], ahead, direction(a, b))) > PARALLEL_COSINE);
}

/** The crossing's corners turned so that the side from the first to the second runs along the road. */
function turnedAlongRoad(scene) {
  const [a, b, c, d] = scene.crossing;
  const road = roadDirection(scene);
  const alike = (p, q) => Math.abs(along([0, 0], road, direction(p, q)));
  return alike(a, b) >= alike(b, c) ? [a, b, c, d] : [b, c, d, a];
}

/** False where the scene knows no more of the road than its crossing. */
export function knowsRoad({ road, crossing }) {
  const longest = (polygon) => Math.max(...polygon.map((corner) => distance(polygon[0], corner)));
  return longest(road) > 1.5 * longest(crossing);
}

function paintLanes(context, frame, scene, [a, b, c, d]) {
  const ahead = roadDirection(scene);
  const places = scene.road.map((corner) => along(a, ahead, corner));
  const [start, end] = [Math.min(...places), Math.max(...places)];
  const line = (share, from, to) => [from, to].map((metres) => moved(between(a, d, share), ahead, metres));
  context.globalAlpha = 0.5;
  for (const share of WHEEL_TRACKS) {
    strokeLine(context, frame, line(share, start, end), COLOURS.wheelTrack, 0.5 * frame.scale);
  }
  const stops = [a, b, c, d].map((corner) => along(a, ahead, corner));
  const [before, after] = [Math.min(...stops) - FREE_OF_CROSSING_M, Math.max(...stops) + FREE_OF_CROSSING_M];
  context.globalAlpha = 0.85;
  context.setLineDash(LANE_DASH_M.map((length) => length * frame.scale));
  strokeLine(context, frame, line(0.5, before, start), COLOURS.centreLine, 0.14 * frame.scale);
  strokeLine(context, frame, line(0.5, after, end), COLOURS.centreLine, 0.14 * frame.scale);
  context.setLineDash([]);
  context.globalAlpha = 1;
}

/** White bars that lie the way the cars drive, as wide as the gaps between them, from kerb to kerb. */
function paintBars(context, frame, [a, b, c, d]) {
  const bars = oddNumber(distance(middle([a, b]), middle([c, d])) / SIZES.stripe_m);
  context.globalAlpha = 0.93;
  for (let bar_no = 0; bar_no < bars; bar_no += 2) {
    const [from, to] = [bar_no + 0.5, bar_no + 1.5].map((edge) => edge / (bars + 1));
    const bar = [between(a, d, from), between(b, c, from), between(b, c, to), between(a, d, to)];
    fillPolygon(context, frame, bar, COLOURS.stripe);
  }
  context.globalAlpha = 1;
}

function oddNumber(value) {
  return Math.max(3, 2 * Math.floor(value / 2) - 1);
}

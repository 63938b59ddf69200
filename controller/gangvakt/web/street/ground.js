/** What does not move: ground, pavements, road, crossing, kerbs. Painted once for each size of the picture. */
import { COLOURS, SIZES } from "./palette.js";
import { direction, distance, fillPolygon, inside, moved, strokeLine, tracePolygon } from "./frame.js";
import { knowsRoad, paintMarkings, sidesAlongRoad } from "./markings.js";

const TREE_TRIES = 140;
const TREE_CLEARANCE_M = 1.7;
const SNOW_HEAP_STEP_M = 0.35;
const SNOW_HEAPS = [[0.45, 1.05, 0.1], [0.25, 0.7, 0.2], [0.1, 0.4, 0.35]]; // least and most radius, strength

export function paintGround(context, frame, scene) {
  const dice = seededDice(71);
  paintField(context, frame, dice, knowsRoad(scene) ? COLOURS.ground : COLOURS.square);
  scene.pavements.forEach((pavement) => paintSnowBank(context, frame, pavement, dice));
  scene.pavements.forEach((pavement) => paintPavement(context, frame, pavement));
  paintRoad(context, frame, scene, dice);
  paintKerbs(context, frame, scene);
  if (knowsRoad(scene)) paintTrees(context, frame, scene, dice);
  paintVignette(context, frame);
}

/** Numbers in [0, 1), the same for each painting: the ground keeps its looks when the window is resized. */
function seededDice(seed) {
  let state = seed;
  return () => {
    state = (state * 1664525 + 1013904223) % 4294967296;
    return state / 4294967296;
  };
}

function paintField(context, frame, dice, colour) {
  context.fillStyle = colour;
  context.fillRect(0, 0, frame.width, frame.height);
  speckle(context, frame, dice, { colour: "#000000", alpha: 0.05, count: 160, size: 1.6 });
  speckle(context, frame, dice, { colour: COLOURS.snow, alpha: 0.022, count: 240, size: 1.3 });
  speckle(context, frame, dice, { colour: COLOURS.snow, alpha: 0.1, count: 900, size: 0.07 });
}

function speckle(context, frame, dice, { colour, alpha, count, size }) {
  context.fillStyle = colour;
  context.globalAlpha = alpha;
  for (let i = 0; i < count; i += 1) {
    context.beginPath();
    const [x, y, radius] = [dice() * frame.width, dice() * frame.height, (0.2 + dice()) * size * frame.scale];
    context.ellipse(x, y, radius, radius * 0.6, dice() * 3, 0, 7);
    context.fill();
  }
  context.globalAlpha = 1;
}

/** Ploughed snow around a pavement: loose heaps, the inner half of them hidden by the pavement. */
function paintSnowBank(context, frame, pavement, dice) {
  context.fillStyle = COLOURS.snow;
  for (const [least_m, most_m, alpha] of SNOW_HEAPS) {
    context.globalAlpha = alpha;
    context.beginPath(); // one path, so that heaps do not shine through each other
    pavement.forEach((corner, i) => traceHeaps(context, frame, corner, pavement[(i + 1) % pavement.length], () => {
      return least_m + (most_m - least_m) * dice();
    }));
    context.fill();
  }
  context.globalAlpha = 1;
}

function traceHeaps(context, frame, from, to, heap_m) {
  const ahead = direction(from, to);
  for (let metres = 0; metres < distance(from, to); metres += SNOW_HEAP_STEP_M) {
    const [x, y] = moved(from, ahead, metres).map((value, axis) => (axis ? frame.y(value) : frame.x(value)));
    const radius = heap_m() * frame.scale;
    context.moveTo(x + radius, y);
    context.arc(x, y, radius, 0, 7);
  }
}

function paintPavement(context, frame, pavement) {
  fillPolygon(context, frame, pavement, COLOURS.pavement);
  context.save();
  context.beginPath();
  tracePolygon(context, frame, pavement);
  context.clip();
  paintJoints(context, frame, pavement);
  context.restore();
}

/** Slab joints each metre, square to the pavement's first side. */
function paintJoints(context, frame, pavement) {
  const along = direction(pavement[0], pavement[1]);
  const across = [-along[1], along[0]];
  const reach = Math.max(...pavement.map((point) => distance(pavement[0], point)));
  for (let step = -reach; step <= reach; step += 1) {
    for (const [a, b] of [[along, across], [across, along]]) {
      const base = [pavement[0][0] + a[0] * step, pavement[0][1] + a[1] * step];
      const ends = [-reach, reach].map((far) => [base[0] + b[0] * far, base[1] + b[1] * far]);
      strokeLine(context, frame, ends, COLOURS.pavementJoint, 1);
    }
  }
}

function paintRoad(context, frame, scene, dice) {
  fillPolygon(context, frame, scene.road, COLOURS.asphalt);
  context.save();
  context.beginPath();
  tracePolygon(context, frame, scene.road);
  context.clip();
  speckle(context, frame, dice, { colour: "#ffffff", alpha: 0.035, count: 2200, size: 0.09 });
  speckle(context, frame, dice, { colour: "#000000", alpha: 0.07, count: 900, size: 0.13 });
  paintMarkings(context, frame, scene);
  context.restore();
}

function paintKerbs(context, frame, scene) {
  context.beginPath();
  tracePolygon(context, frame, scene.road);
  context.strokeStyle = COLOURS.asphaltEdge;
  context.lineWidth = 0.4 * frame.scale;
  context.stroke();
  const stones = [...sidesAlongRoad(scene), ...scene.kerbs];
  for (const kerb of stones) strokeLine(context, frame, kerb, COLOURS.kerb, Math.max(1.5, 0.16 * frame.scale));
}

/** Small spruces on free ground: decoration, so that the picture reads as a street and not as a diagram. */
function paintTrees(context, frame, scene, dice) {
  const [x0, y0, x1, y1] = scene.bounds;
  const taken = [];
  for (let i = 0; i < TREE_TRIES; i += 1) {
    const tree = [x0 + dice() * (x1 - x0), y0 + dice() * (y1 - y0)];
    const radius = 0.7 + dice() * 0.75;
    const free = isFree(tree, scene) && taken.every((other) => distance(tree, other) > 2.6);
    if (!free) continue;
    taken.push(tree);
    paintTree(context, frame.x(tree[0]), frame.y(tree[1]), radius * frame.scale, dice() * 3);
  }
}

function isFree(place, scene) {
  const around = [[0, 0], [1, 0], [-1, 0], [0, 1], [0, -1]].map(([x, y]) => [
    place[0] + x * TREE_CLEARANCE_M,
    place[1] + y * TREE_CLEARANCE_M,
  ]);
  const paved = [scene.road, ...scene.pavements];
  const clear = around.every((point) => paved.every((polygon) => !inside(point, polygon)));
  return clear && scene.signs.every((sign) => distance(place, [sign.x, sign.y]) > 3);
}

function paintTree(context, x, y, radius, turn) {
  paintStar(context, x + radius * 0.25, y + radius * 0.3, radius, turn, COLOURS.shadow);
  paintStar(context, x, y, radius, turn, COLOURS.tree);
  paintStar(context, x, y, radius * 0.62, turn + 0.3, COLOURS.treeLight);
  context.globalAlpha = 0.32;
  paintStar(context, x - radius * 0.06, y - radius * 0.08, radius * 0.3, turn, COLOURS.snow);
  context.globalAlpha = 1;
}

function paintStar(context, x, y, radius, turn, colour) {
  const points = 18;
  context.beginPath();
  for (let i = 0; i < points; i += 1) {
    const reach = i % 2 ? radius * 0.74 : radius;
    const angle = turn + (i * Math.PI * 2) / points;
    context.lineTo(x + Math.cos(angle) * reach, y + Math.sin(angle) * reach);
  }
  context.closePath();
  context.fillStyle = colour;
  context.fill();
}

function paintVignette(context, frame) {
  const [x, y] = [frame.width / 2, frame.height / 2];
  const far = Math.hypot(x, y);
  const shade = context.createRadialGradient(x, y, far * 0.45, x, y, far);
  shade.addColorStop(0, "rgba(8, 12, 18, 0)");
  shade.addColorStop(1, "rgba(8, 12, 18, 0.55)");
  context.fillStyle = shade;
  context.fillRect(0, 0, frame.width, frame.height);
}

/** People, cyclists and cars, seen from above. Headings are degrees counter-clockwise from the site's x axis. */
import { CAR_PAINTS, COATS, COLOURS, SIZES, colourOf } from "./palette.js";

const BEAM_M = 10;

export function paintActors(context, frame, actors, trailOf) {
  const [cars, others] = [actors.filter(isCar), actors.filter((actor) => !isCar(actor))];
  cars.forEach((car) => paintBeams(context, frame, car));
  others.forEach((actor) => paintTrail(context, frame, actor, trailOf(actor.id)));
  cars.forEach((car) => placed(context, frame, car, () => paintCar(context, frame.scale, car)));
  others.forEach((actor) => placed(context, frame, actor, () => paintWalker(context, frame.scale, actor)));
}

function isCar(actor) {
  return actor.kind === "car";
}

/** Runs `paint` with the origin at the actor and the x axis pointing ahead of it. */
function placed(context, frame, actor, paint) {
  context.save();
  context.translate(frame.x(actor.x), frame.y(actor.y));
  context.rotate((-actor.heading_deg * Math.PI) / 180);
  paint();
  context.restore();
}

/** A soft drop of light ahead of each headlamp. */
function paintBeams(context, frame, car) {
  placed(context, frame, car, () => {
    const [half, front] = [(BEAM_M / 2) * frame.scale, (SIZES.car_length_m / 2) * frame.scale];
    context.globalCompositeOperation = "lighter";
    for (const side of [-0.62, 0.62]) {
      context.save();
      context.translate(front + half * 0.97, side * frame.scale);
      context.scale(1, 0.36);
      context.fillStyle = beamLight(context, half);
      context.fillRect(-half, -half, 2 * half, 2 * half);
      context.restore();
    }
  });
}

function beamLight(context, half) {
  const light = context.createRadialGradient(-half * 0.9, 0, half * 0.03, 0, 0, half);
  light.addColorStop(0, "rgba(255, 243, 214, 0.42)");
  light.addColorStop(0.35, "rgba(255, 243, 214, 0.15)");
  light.addColorStop(1, "rgba(255, 243, 214, 0)");
  return light;
}

function paintCar(context, scale, car) {
  const [length, width] = [SIZES.car_length_m * scale, SIZES.car_width_m * scale];
  context.shadowColor = COLOURS.shadow;
  context.shadowBlur = 0.5 * scale;
  box(context, -length / 2, -width / 2, length, width, width * 0.3, colourOf(car.id, CAR_PAINTS));
  context.shadowBlur = 0;
  box(context, -length * 0.3, -width * 0.4, length * 0.54, width * 0.8, width * 0.2, "rgba(16, 24, 32, 0.82)");
  box(context, -length * 0.2, -width * 0.39, length * 0.28, width * 0.78, width * 0.16, colourOf(car.id, CAR_PAINTS));
  const [lamp, tail] = [width * 0.2, car.braking ? "#ff4b3a" : "#9c2f27"];
  for (const side of [-1, 1]) {
    box(context, length / 2 - lamp * 0.6, side * width * 0.34 - lamp / 2, lamp * 0.5, lamp, lamp * 0.2, "#fff6dc");
    box(context, -length / 2 + lamp * 0.1, side * width * 0.34 - lamp / 2, lamp * 0.5, lamp, lamp * 0.2, tail);
  }
}

function box(context, x, y, width, height, radius, colour) {
  context.beginPath();
  context.roundRect(x, y, width, height, radius);
  context.fillStyle = colour;
  context.fill();
}

function paintTrail(context, frame, actor, trail) {
  context.fillStyle = colourOf(actor.id, COATS);
  trail.forEach(([x, y], i) => {
    context.globalAlpha = 0.6 * (i / trail.length) ** 1.5;
    context.beginPath();
    context.arc(frame.x(x), frame.y(y), Math.max(1.5, 0.1 * frame.scale), 0, 7);
    context.fill();
  });
  context.globalAlpha = 1;
}

function paintWalker(context, scale, actor) {
  const size = Math.max(SIZES.person_m * scale, SIZES.person_least_px);
  if (actor.kind === "cyclist") paintBicycle(context, (SIZES.cyclist_m * scale) / 2, size);
  paintHeading(context, size, actor.speed_m_s);
  paintPerson(context, size, colourOf(actor.id, COATS));
}

function paintBicycle(context, half, size) {
  context.strokeStyle = "#cfd8de";
  context.lineWidth = Math.max(1.5, size * 0.14);
  context.beginPath();
  context.moveTo(-half, 0);
  context.lineTo(half, 0);
  context.moveTo(half * 0.55, -size * 0.42);
  context.lineTo(half * 0.55, size * 0.42);
  context.stroke();
}

/** Shoulders across, a head, and a dark rim so that the dot is readable on stripes and asphalt alike. */
function paintPerson(context, size, coat) {
  context.shadowColor = COLOURS.shadow;
  context.shadowBlur = size * 0.4;
  oval(context, size * 0.36, size * 0.56, coat);
  context.shadowBlur = 0;
  context.strokeStyle = COLOURS.rim;
  context.lineWidth = Math.max(1, size * 0.09);
  context.stroke();
  oval(context, size * 0.22, size * 0.22, "#f0d3b8");
}

function oval(context, ahead, across, colour) {
  context.beginPath();
  context.ellipse(0, 0, ahead, across, 0, 0, 7);
  context.fillStyle = colour;
  context.fill();
}

/** A chevron ahead of somebody who moves, dark-rimmed to be seen on the stripes too. */
function paintHeading(context, size, speed_m_s) {
  if (speed_m_s < 0.2) return;
  context.lineCap = "round";
  context.beginPath();
  context.moveTo(size * 0.72, -size * 0.3);
  context.lineTo(size * 1.02, 0);
  context.lineTo(size * 0.72, size * 0.3);
  const width = Math.max(1.4, size * 0.12);
  for (const [colour, line_px] of [[COLOURS.rim, width + 2.5], [COLOURS.label, width]]) {
    context.strokeStyle = colour;
    context.lineWidth = line_px;
    context.stroke();
  }
}

/** Who is followed: a mark whose form tells what somebody does, and the way of the last seconds. */
const TRACK_M = 0.35;
const LEAST_PX = 7;
const FULL_TURN = 7;

/** `places` are [along, across], oldest first. */
export function paintTrail(context, { x, y }, places, ink) {
  context.strokeStyle = ink;
  context.globalAlpha = 0.45;
  context.lineWidth = 2;
  context.beginPath();
  for (const [along, across] of places) context.lineTo(x(along), y(across));
  context.stroke();
  context.globalAlpha = 1;
}

/** `form` is a key of FORMS; `ink` its colour, `paper` that of what shows through. */
export function paintMark(context, frame, place, form, ink, paper) {
  const size = Math.max(LEAST_PX, TRACK_M * frame.scale);
  const at = [frame.x(place[0]), frame.y(place[1])];
  context.lineWidth = 2.5;
  context.strokeStyle = ink;
  context.fillStyle = paper;
  context.setLineDash([]);
  (FORMS[form] ?? FORMS.dot)(context, at, size, ink);
}

const FORMS = {
  dot(context, [x, y], size, ink) {
    circle(context, x, y, size);
    context.fillStyle = ink;
    context.fill();
  },
  stepping_out(context, at, size, ink) {
    triangle(context, at, size * 1.35);
    context.fillStyle = ink;
    context.fill();
  },
  waiting(context, [x, y], size, ink) {
    context.fillStyle = ink;
    context.fillRect(x - size, y - size, 2 * size, 2 * size);
  },
  crossing(context, at, size, ink) {
    FORMS.dot(context, at, size * 0.8, ink);
    circle(context, ...at, size * 1.35);
    context.stroke();
  },
  heading(context, at, size) {
    triangle(context, at, size * 1.35);
    context.fill();
    context.stroke();
  },
  passing(context, [x, y], size) {
    circle(context, x, y, size);
    context.fill();
    context.stroke();
  },
  on_road(context, at, size) {
    FORMS.passing(context, at, size * 0.7);
    circle(context, ...at, size * 1.35);
    context.stroke();
  },
  vehicle(context, [x, y], size) {
    context.beginPath();
    context.roundRect(x - size * 2, y - size, size * 4, size * 2, size * 0.5);
    context.fill();
    context.stroke();
  },
  not_sure(context, [x, y], size) {
    circle(context, x, y, size);
    context.setLineDash([3, 4]);
    context.stroke();
    context.setLineDash([]);
  },
};

function circle(context, x, y, radius) {
  context.beginPath();
  context.arc(x, y, radius, 0, FULL_TURN);
}

/** Its tip towards the road. */
function triangle(context, [x, y], size) {
  context.beginPath();
  context.moveTo(x, y - size);
  context.lineTo(x + size * 0.87, y + size * 0.6);
  context.lineTo(x - size * 0.87, y + size * 0.6);
  context.closePath();
}

/** Plane geometry: site metres (x right, y up) to CSS pixels, and small helpers on points and polygons. */

/**
 * The view that fills a box of `width` x `height` pixels with the site, cut where the shapes differ, `focus` in view.
 * Returns {scale, x(m), y(m), width, height}; scale is pixels per metre.
 */
export function fitFrame(bounds, focus, width, height) {
  const [x0, y0, x1, y1] = bounds;
  const scale = Math.max(width / (x1 - x0), height / (y1 - y0));
  const left = cut(focus[0], x0, x1, width / scale);
  const top = cut(focus[1], y0, y1, height / scale) + height / scale;
  return { scale, width, height, x: (x) => (x - left) * scale, y: (y) => (top - y) * scale };
}

/** Where a window of `size` starts within [low, high] so that `centre` is as near its middle as it can be. */
function cut(centre, low, high, size) {
  return Math.max(low, Math.min(centre - size / 2, high - size));
}

export function middle(points) {
  const sum = points.reduce(([x, y], point) => [x + point[0], y + point[1]], [0, 0]);
  return [sum[0] / points.length, sum[1] / points.length];
}

export function between(a, b, share) {
  return [a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share];
}

export function distance(a, b) {
  return Math.hypot(b[0] - a[0], b[1] - a[1]);
}

/** The unit vector from a to b, or [1, 0] when they are one point. */
export function direction(a, b) {
  const length = distance(a, b);
  return length > 0 ? [(b[0] - a[0]) / length, (b[1] - a[1]) / length] : [1, 0];
}

/** How far `point` lies from `start` along the unit vector `ahead`. */
export function along(start, ahead, point) {
  return (point[0] - start[0]) * ahead[0] + (point[1] - start[1]) * ahead[1];
}

export function moved(point, ahead, metres) {
  return [point[0] + ahead[0] * metres, point[1] + ahead[1] * metres];
}

export function inside(point, polygon) {
  let within = false;
  for (let i = 0, j = polygon.length - 1; i < polygon.length; j = i, i += 1) {
    const [a, b] = [polygon[i], polygon[j]];
    const spans = a[1] > point[1] !== b[1] > point[1];
    if (spans && point[0] < ((b[0] - a[0]) * (point[1] - a[1])) / (b[1] - a[1]) + a[0]) within = !within;
  }
  return within;
}

/** Adds the polygon to a canvas path. */
export function tracePolygon(context, frame, polygon) {
  polygon.forEach(([x, y], i) => context[i ? "lineTo" : "moveTo"](frame.x(x), frame.y(y)));
  context.closePath();
}

export function fillPolygon(context, frame, polygon, colour) {
  context.beginPath();
  tracePolygon(context, frame, polygon);
  context.fillStyle = colour;
  context.fill();
}

export function strokeLine(context, frame, points, colour, width_px) {
  context.beginPath();
  points.forEach(([x, y], i) => context[i ? "lineTo" : "moveTo"](frame.x(x), frame.y(y)));
  context.strokeStyle = colour;
  context.lineWidth = width_px;
  context.stroke();
}

/** The ground: pavement, kerb line, crossing and waiting zone. Metres along the kerb and across it. */
const MARGIN_M = { along: 4, behind: 7, ahead: 8 };
const STRIPE_M = 0.5;
const BEYOND_M = 0.25; // stripes, which lie along the road, begin behind the kerb
const NO_KERB_M = 4; // what is drawn where none is known

/** The context of a canvas as large as it stands on the page, sharp; null while it has no size. */
export function sharpened(canvas) {
  const { clientWidth: width, clientHeight: height } = canvas ?? {};
  if (!width || !height) return null;
  const sharpness = Math.min(window.devicePixelRatio || 1, 2);
  canvas.width = width * sharpness;
  canvas.height = height * sharpness;
  const context = canvas.getContext("2d");
  context.setTransform(sharpness, 0, 0, sharpness, 0, 0);
  return { context, width, height };
}

/** Metres to pixels for a kerb line of `kerb` metres: {scale, kerb, width, height, x(along), y(across)}. */
export function fitAbove(kerb, width, height) {
  const shown = kerb || NO_KERB_M;
  const tall = MARGIN_M.behind + MARGIN_M.ahead;
  const scale = Math.min(width / (shown + 2 * MARGIN_M.along), height / tall);
  const left = (width - shown * scale) / 2;
  const kerbY = (height * MARGIN_M.ahead) / tall;
  return { scale, kerb: shown, width, height, x: (along) => left + along * scale, y: (across) => kerbY - across * scale };
}

/** Paints the ground; `zone` {road, zone, side} in metres, where it is known, draws the far kerb and the waiting zone. */
export function paintAbove(context, frame, colour, zone = null) {
  const { width, height, kerb, scale, x, y } = frame;
  const far = zone ? Math.max(0, y(zone.road)) : 0;
  context.fillStyle = colour("--raised");
  context.fillRect(0, 0, width, height);
  context.fillStyle = colour("--line");
  context.fillRect(0, far, width, y(0) - far);
  context.fillStyle = colour("--stripe");
  for (let across = BEYOND_M; y(across + STRIPE_M) >= far; across += 2 * STRIPE_M)
    context.fillRect(x(0), y(across + STRIPE_M), kerb * scale, STRIPE_M * scale);
  context.fillStyle = colour("--muted");
  context.fillRect(0, y(0) - 1.5, width, 3);
  if (!zone) return;
  if (far > 0) context.fillRect(0, far - 1.5, width, 3);
  context.strokeStyle = colour("--muted");
  context.lineWidth = 1.5;
  context.setLineDash([6, 5]);
  context.strokeRect(x(-zone.side), y(0), (kerb + 2 * zone.side) * scale, zone.zone * scale);
  context.setLineDash([]);
}

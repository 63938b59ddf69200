/** The pavement from above: radars with their view, kerb line, and whom the sign sees and follows. */
const REACH_M = 6;
const HALF_FAN = Math.PI / 3;
const ROADWAY_M = 2;
const MARGIN_M = 0.7;

export class WalkPicture {
  constructor(canvas) {
    this.canvas = canvas;
    this.context = canvas.getContext("2d");
  }

  /** Draws `glimpse` (or nothing yet) of `site`; colours are those of the page. */
  draw(site, glimpse) {
    const { canvas, context } = this;
    const ratio = window.devicePixelRatio || 1;
    canvas.width = canvas.clientWidth * ratio;
    canvas.height = canvas.clientHeight * ratio;
    this.fit(site);
    const style = getComputedStyle(canvas);
    const colour = (name) => style.getPropertyValue(name).trim();
    context.clearRect(0, 0, canvas.width, canvas.height);
    this.drawRoad(site, colour);
    for (const pose of site.poses) this.drawFan(pose, colour);
    for (const place of glimpse?.targets_m ?? []) this.dot(place, 0.14, colour("--muted"));
    for (const track of glimpse?.tracks ?? []) {
      if (!track.place_m) continue;
      this.dot(track.place_m, 0.28, colour(glimpse.warns ? "--alarm" : "--fine"));
      this.write(track.place_m, String(track.id), colour("--surface"));
    }
  }

  fit(site) {
    const points = site.poses.flatMap((pose) => [[pose.x, pose.y], ...this.arc(pose)]);
    if (site.kerb) points.push(...site.kerb, ...this.roadway(site));
    const xs = points.map((point) => point[0]);
    const ys = points.map((point) => point[1]);
    this.left = Math.min(...xs) - MARGIN_M;
    this.top = Math.max(...ys) + MARGIN_M;
    const width = Math.max(...xs) + MARGIN_M - this.left;
    const height = this.top - Math.min(...ys) + MARGIN_M;
    this.scale = Math.min(this.canvas.width / width, this.canvas.height / height);
    this.left -= (this.canvas.width / this.scale - width) / 2;
    this.top += (this.canvas.height / this.scale - height) / 2;
  }

  at([x, y]) {
    return [(x - this.left) * this.scale, (this.top - y) * this.scale];
  }

  arc(pose) {
    return [-1, -0.5, 0, 0.5, 1].map((part) => {
      const angle = pose.azimuth + part * HALF_FAN;
      return [pose.x + REACH_M * Math.cos(angle), pose.y + REACH_M * Math.sin(angle)];
    });
  }

  /** The ends of the kerb line, moved onto the roadway, which is on the right of the way from a to b. */
  roadway({ kerb: [a, b] }) {
    const length = Math.hypot(b[0] - a[0], b[1] - a[1]) || 1;
    const out = [((b[1] - a[1]) / length) * ROADWAY_M, (-(b[0] - a[0]) / length) * ROADWAY_M];
    return [[b[0] + out[0], b[1] + out[1]], [a[0] + out[0], a[1] + out[1]]];
  }

  drawRoad(site, colour) {
    if (!site.kerb) return;
    this.path([...site.kerb, ...this.roadway(site)]);
    this.context.fillStyle = colour("--line");
    this.context.fill();
    this.path(site.kerb, false);
    this.context.strokeStyle = colour("--text");
    this.context.lineWidth = 0.12 * this.scale;
    this.context.stroke();
  }

  drawFan(pose, colour) {
    const { context } = this;
    const [x, y] = this.at([pose.x, pose.y]);
    context.beginPath();
    context.moveTo(x, y);
    context.arc(x, y, REACH_M * this.scale, -pose.azimuth - HALF_FAN, -pose.azimuth + HALF_FAN);
    context.closePath();
    context.globalAlpha = 0.16;
    context.fillStyle = colour("--ice");
    context.fill();
    context.globalAlpha = 1;
    this.dot([pose.x, pose.y], 0.2, colour("--ice"));
  }

  path(points, close = true) {
    this.context.beginPath();
    points.forEach((point, index) => this.context[index ? "lineTo" : "moveTo"](...this.at(point)));
    if (close) this.context.closePath();
  }

  dot(place, radius_m, fill) {
    this.context.beginPath();
    this.context.arc(...this.at(place), radius_m * this.scale, 0, 2 * Math.PI);
    this.context.fillStyle = fill;
    this.context.fill();
  }

  write(place, text, fill) {
    const [x, y] = this.at(place);
    this.context.font = `700 ${0.34 * this.scale}px Roboto, sans-serif`;
    this.context.textAlign = "center";
    this.context.textBaseline = "middle";
    this.context.fillStyle = fill;
    this.context.fillText(text, x, y);
  }
}

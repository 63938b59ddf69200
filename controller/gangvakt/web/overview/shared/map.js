/** The signs on a plain map: drawn by us, in the web's Mercator projection, with clusters. */
import { drawGround, groundPaths } from "./ground.js";
import { Tiles } from "./tiles.js";

const CELL_PX = 46; // signs that are nearer to one another than that are one mark
const RADIUS_PX = 11;
const CLICK_PX = 18;
const MARGIN_PX = 48;
const CLOSEST = 256 * 2 ** 19; // pixels for the whole world: single houses
const WIDEST = 256;
const LATITUDE_MOST = 85;

export function project([longitude, latitude]) {
  const angle = (Math.max(-LATITUDE_MOST, Math.min(LATITUDE_MOST, latitude)) * Math.PI) / 180;
  return [(longitude + 180) / 360, (1 - Math.asinh(Math.tan(angle)) / Math.PI) / 2];
}

export class TownMap {
  /** `open(row, cluster)` is called for a mark that is clicked and cannot be parted any more. */
  constructor(canvas, open, tiles) {
    this.canvas = canvas;
    this.context = canvas.getContext("2d");
    this.open = open;
    this.points = [];
    this.marks = [];
    this.view = { x: 0.5, y: 0.5, scale: WIDEST };
    this.isFitted = false;
    this.tiles = tiles ? new Tiles(tiles, () => this.draw()) : null;
    this.listen();
  }

  setGround(geojson) {
    this.ground = geojson ? groundPaths(geojson, project) : null;
    this.fitOnce();
    this.draw();
  }

  setRows(rows) {
    this.points = [];
    for (const row of rows) {
      if (row.place) this.points.push({ row, at: (row.at ??= project(row.place)) });
    }
    this.fitOnce();
    this.draw();
  }

  fitOnce() {
    if (!this.isFitted && this.points.length && this.canvas.clientWidth) this.fit();
  }

  /** All signs are seen. */
  fit() {
    if (!this.points.length) return;
    this.isFitted = true;
    let [left, top, right, bottom] = [1, 1, 0, 0];
    for (const { at } of this.points) {
      [left, right] = [Math.min(left, at[0]), Math.max(right, at[0])];
      [top, bottom] = [Math.min(top, at[1]), Math.max(bottom, at[1])];
    }
    const { clientWidth: width, clientHeight: height } = this.canvas;
    const scale = Math.min(
      (width - 2 * MARGIN_PX) / Math.max(right - left, 1e-9),
      (height - 2 * MARGIN_PX) / Math.max(bottom - top, 1e-9),
      CLOSEST / 16,
    );
    this.view = { x: (left + right) / 2, y: (top + bottom) / 2, scale: Math.max(WIDEST, scale) };
    this.draw();
  }

  zoom(factor, at = [this.canvas.clientWidth / 2, this.canvas.clientHeight / 2]) {
    const [x, y] = this.worldAt(at);
    const scale = Math.max(WIDEST, Math.min(CLOSEST, this.view.scale * factor));
    const ratio = this.view.scale / scale;
    this.view = { x: x + (this.view.x - x) * ratio, y: y + (this.view.y - y) * ratio, scale };
    this.draw();
  }

  pan(dx, dy) {
    this.view.x -= dx / this.view.scale;
    this.view.y -= dy / this.view.scale;
    this.draw();
  }

  worldAt([px, py]) {
    const { clientWidth: width, clientHeight: height } = this.canvas;
    return [this.view.x + (px - width / 2) / this.view.scale, this.view.y + (py - height / 2) / this.view.scale];
  }

  /** Once a frame, however often it is asked for. */
  draw() {
    this.frame ??= requestAnimationFrame(() => {
      this.frame = null;
      this.paint();
    });
  }

  paint() {
    const { canvas, context } = this;
    const [width, height, ratio] = [canvas.clientWidth, canvas.clientHeight, window.devicePixelRatio];
    if (!width || !height) return;
    if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
    }
    this.colours ??= colours(canvas);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.fillStyle = this.colours.page;
    context.fillRect(0, 0, width, height);
    this.tiles?.draw(context, this.view, width, height);
    if (this.ground) drawGround(context, this.ground, this.view, [width, height, ratio], this.colours);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.marks = this.clusters(width, height);
    for (const mark of this.marks) drawMark(context, mark, this.colours);
  }

  clusters(width, height) {
    const cell = CELL_PX / this.view.scale;
    const [left, top] = this.worldAt([-CELL_PX, -CELL_PX]);
    const [right, bottom] = this.worldAt([width + CELL_PX, height + CELL_PX]);
    const found = new Map();
    for (const { row, at } of this.points) {
      if (at[0] < left || at[0] > right || at[1] < top || at[1] > bottom) continue;
      const key = `${Math.floor(at[0] / cell)} ${Math.floor(at[1] / cell)}`;
      const mark = found.get(key);
      if (!mark) found.set(key, { rows: [row], sum: [...at], urgency: row.urgency });
      else {
        mark.rows.push(row);
        mark.sum[0] += at[0];
        mark.sum[1] += at[1];
        mark.urgency = Math.min(mark.urgency, row.urgency);
      }
    }
    return [...found.values()].map((mark) => {
      const [x, y] = mark.sum.map((value) => value / mark.rows.length);
      return {
        ...mark,
        x: (x - this.view.x) * this.view.scale + width / 2,
        y: (y - this.view.y) * this.view.scale + height / 2,
      };
    });
  }

  click(point) {
    const near = this.marks
      .map((mark) => ({ mark, far: Math.hypot(mark.x - point[0], mark.y - point[1]) }))
      .filter(({ far }) => far < CLICK_PX)
      .sort((a, b) => a.far - b.far)[0];
    if (!near) return;
    const sites = new Set(near.mark.rows.map((row) => row.siteId));
    if (sites.size === 1 || this.view.scale >= CLOSEST) this.open(near.mark.rows[0]);
    else this.zoom(3, [near.mark.x, near.mark.y]);
  }

  listen() {
    const { canvas } = this;
    const at = (event) => [event.offsetX, event.offsetY];
    const held = new Map();
    canvas.addEventListener("pointerdown", (event) => {
      held.set(event.pointerId, at(event));
      this.moved = 0;
      canvas.setPointerCapture(event.pointerId);
    });
    canvas.addEventListener("pointermove", (event) => {
      const before = held.get(event.pointerId);
      if (!before) return;
      const now = at(event);
      const other = [...held].find(([id]) => id !== event.pointerId)?.[1];
      if (other) this.zoom(span(now, other) / Math.max(1, span(before, other)), other);
      else this.pan(now[0] - before[0], now[1] - before[1]);
      this.moved += span(now, before);
      held.set(event.pointerId, now);
    });
    canvas.addEventListener("pointerup", (event) => {
      held.delete(event.pointerId);
      if (this.moved < 6) this.click(at(event));
    });
    canvas.addEventListener("pointercancel", (event) => held.delete(event.pointerId));
    canvas.addEventListener("wheel", (event) => {
      event.preventDefault();
      this.zoom(Math.exp(-event.deltaY / 300), at(event));
    }, { passive: false });
    canvas.addEventListener("keydown", (event) => {
      const steps = { ArrowLeft: [60, 0], ArrowRight: [-60, 0], ArrowUp: [0, 60], ArrowDown: [0, -60] };
      if (steps[event.key]) this.pan(...steps[event.key]);
      else if (event.key === "+") this.zoom(1.6);
      else if (event.key === "-") this.zoom(1 / 1.6);
      else return;
      event.preventDefault();
    });
    this.observer = new ResizeObserver(() => {
      this.fitOnce();
      this.draw();
    });
    this.observer.observe(canvas);
    this.scheme = matchMedia("(prefers-color-scheme: light)");
    this.onScheme = () => {
      this.colours = null;
      this.draw();
    };
    this.scheme.addEventListener("change", this.onScheme);
  }

  end() {
    this.observer.disconnect();
    this.scheme.removeEventListener("change", this.onScheme);
    if (this.frame) cancelAnimationFrame(this.frame);
  }
}

function span(a, b) {
  return Math.hypot(a[0] - b[0], a[1] - b[1]);
}

function colours(element) {
  const style = getComputedStyle(element);
  const names = ["page", "surface", "raised", "line", "text", "muted", "ice", "alarm", "fine", "lamp"];
  return Object.fromEntries(names.map((name) => [name, style.getPropertyValue(`--${name}`).trim()]));
}

/** Shape and sign say it as well as the colour: a square needs a hand, a triangle has an alarm. */
function drawMark(context, mark, colour) {
  const { x, y, rows, urgency } = mark;
  const radius = RADIUS_PX + (rows.length > 2 ? Math.min(12, 2.2 * Math.log2(rows.length)) : 0);
  context.beginPath();
  if (urgency === 0) context.rect(x - radius, y - radius, 2 * radius, 2 * radius);
  else if (urgency === 1) {
    context.moveTo(x, y - 1.35 * radius);
    context.lineTo(x + 1.25 * radius, y + 0.85 * radius);
    context.lineTo(x - 1.25 * radius, y + 0.85 * radius);
    context.closePath();
  } else context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fillStyle = urgency < 2 ? colour.alarm : urgency === 2 ? colour.lamp : colour.surface;
  context.fill();
  context.lineWidth = 2;
  context.strokeStyle = urgency < 2 ? colour.surface : urgency === 2 ? colour.text : colour.fine;
  context.stroke();
  context.fillStyle = urgency < 2 ? colour.surface : urgency === 2 ? "#2b1d00" : colour.text;
  context.font = "600 12px Roboto, system-ui, sans-serif";
  context.textAlign = "center";
  context.textBaseline = "middle";
  const single = urgency === 0 ? "×" : urgency < 3 ? "!" : "✓";
  context.fillText(rows.length > 1 ? `${rows.length}` : single, x, y + 0.5);
}

/** Smooth movement from world messages that come ten times a second. */

const BEHIND_S = 0.2; // shown this long after the newest message, so that there are nearly always two to move between
const KEPT_S = 3;
const JUMP_S = 1; // a clock that is this much off was started again
const CLOCK_SHARE = 0.08;
const TRAIL_S = 2.4;

export class Motion {
  constructor() {
    this.worlds = [];
    this.offset_s = null;
    this.heard_ms = null;
  }

  /** Takes a world message that arrived at `now_ms`. */
  push(world, now_ms) {
    const newest = this.worlds.at(-1);
    if (newest && world.t_s === newest.t_s) return;
    const measured_s = now_ms / 1000 - world.t_s;
    const restarted = this.offset_s === null || Math.abs(measured_s - this.offset_s) > JUMP_S;
    if (restarted || (newest && world.t_s < newest.t_s)) {
      this.worlds = [];
      this.offset_s = measured_s;
    }
    this.offset_s += (measured_s - this.offset_s) * CLOCK_SHARE;
    this.heard_ms = now_ms;
    this.worlds.push(world);
    while (this.worlds[0].t_s < world.t_s - KEPT_S) this.worlds.shift();
  }

  /** Milliseconds since the last world message; Infinity before the first. */
  silence_ms(now_ms) {
    return this.heard_ms === null ? Infinity : now_ms - this.heard_ms;
  }

  /** {actors, lamps, worlds} at `now_ms`, or null before the first message. */
  at(now_ms) {
    if (!this.worlds.length) return null;
    const t_s = now_ms / 1000 - this.offset_s - BEHIND_S;
    const next = this.worlds.findIndex((world) => world.t_s > t_s);
    if (next === 0) return picture(this.worlds[0], this.worlds[0], 0);
    if (next < 0) return picture(this.worlds.at(-1), this.worlds.at(-1), 0);
    const [a, b] = [this.worlds[next - 1], this.worlds[next]];
    return picture(a, b, (t_s - a.t_s) / (b.t_s - a.t_s));
  }

  /** Where the actor was in the last seconds before `t_s`, oldest first: [[x, y], ...]. */
  trail(id, t_s) {
    const seen = this.worlds.filter((world) => world.t_s <= t_s && world.t_s > t_s - TRAIL_S);
    return seen.flatMap((world) => world.actors.filter((actor) => actor.id === id).map(({ x, y }) => [x, y]));
  }

  /** Whether the sign had a lamp lit within the last `within_s` seconds before `t_s`. */
  flashed(sign, t_s, within_s) {
    const recent = this.worlds.filter((world) => world.t_s <= t_s && world.t_s > t_s - within_s);
    return recent.some((world) => (world.lamps[sign] ?? []).some(Boolean));
  }
}

function picture(a, b, share) {
  const later = new Map(b.actors.map((actor) => [actor.id, actor]));
  const actors = a.actors.map((actor) => moved(actor, later.get(actor.id) ?? actor, share));
  return { t_s: a.t_s + (b.t_s - a.t_s) * share, actors, lamps: a.lamps };
}

function moved(a, b, share) {
  const turn = ((b.heading_deg - a.heading_deg + 540) % 360) - 180;
  return {
    ...a,
    x: a.x + (b.x - a.x) * share,
    y: a.y + (b.y - a.y) * share,
    heading_deg: a.heading_deg + turn * share,
    braking: b.speed_m_s < a.speed_m_s - 0.05,
  };
}

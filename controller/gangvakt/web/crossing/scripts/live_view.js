/** What each pole sees now, from above and in words; pictures come some three times a second. */
import { fitAbove, paintAbove, paintMark, paintTrail, sharpened } from "gangvakt-above";

const TRAIL_MS = 4000;
const TICK_MS = 500;
const LOUD = ["stepping_out", "waiting", "crossing"]; // why a sign warns: also written into the picture
const LABEL_FONT = "600 12.5px Roboto, system-ui, sans-serif";

export default {
  props: { texts: Object, poles: Array, states: Object },
  template: `
    <div class="live-poles" v-show="begun">
      <figure v-for="pole in poles" :key="pole.id" class="live-pole" :class="stateOf(pole)" :data-sign="pole.id">
        <figcaption>
          <h3>{{ pole.name }}</h3>
          <span v-if="isShown(pole)" class="state" :class="lampsOf(pole)">{{ texts[lampsOf(pole)] }}</span>
          <span v-if="isShown(pole)" class="live-left">{{ left(pole) }}</span>
        </figcaption>
        <canvas :ref="'canvas ' + pole.id" role="img" :aria-label="picture(pole)"></canvas>
        <p class="live-said" role="status">{{ said(pole) }}</p>
        <ul class="live-people">
          <li v-for="one in tracksOf(pole)" :key="one.id" :class="one.doing"><strong>#{{ one.id }} {{ one.word }}</strong> <span>{{ one.where }}</span></li>
          <li v-for="range in rangesOf(pole)" :key="range">{{ range }}</li>
        </ul>
        <p v-if="!pole.kerb" class="hint">{{ texts.watch_no_kerb }}</p>
      </figure>
    </div>
  `,
  data: () => ({ looks: {}, now: 0 }),
  computed: {
    begun() {
      return Object.values(this.states).some((state) => state.is !== "idle");
    },
  },
  watch: {
    states() {
      this.$nextTick(this.paintAll);
    },
  },
  mounted() {
    this.ways = {};
    this.timer = setInterval(() => (this.now = performance.now()), TICK_MS);
    this.observer = new ResizeObserver(this.paintAll);
    this.observer.observe(this.$el);
    this.bright = matchMedia("(prefers-color-scheme: light)");
    this.bright.addEventListener("change", this.paintAll);
  },
  unmounted() {
    clearInterval(this.timer);
    this.observer.disconnect();
    this.bright.removeEventListener("change", this.paintAll);
  },
  methods: {
    /** A picture of the pole `id`. */
    push(id, look) {
      const now = performance.now();
      this.now = now;
      this.looks[id] = { ...look, endMs: now + 1000 * look.leftS };
      const ways = (this.ways[id] ??= new Map());
      for (const one of look.tracks) {
        const way = ways.get(one.id) ?? [];
        ways.set(one.id, [...way.filter(([atMs]) => now - atMs < TRAIL_MS), [now, one.along, one.across]]);
      }
      for (const ident of ways.keys()) if (!look.tracks.some((one) => one.id === ident)) ways.delete(ident);
      this.$nextTick(() => this.paint(this.poles.find((pole) => pole.id === id)));
    },
    stateOf(pole) {
      return this.states[pole.id]?.is ?? "idle";
    },
    isShown(pole) {
      return this.stateOf(pole) === "shown" && Boolean(this.looks[pole.id]);
    },
    lampsOf(pole) {
      const look = this.looks[pole.id];
      if (look.lit) return "flashing";
      return look.shadow ? "shadow" : "dark";
    },
    tracksOf(pole) {
      return this.isShown(pole) ? this.looks[pole.id].tracks : [];
    },
    rangesOf(pole) {
      return this.isShown(pole) ? this.looks[pole.id].ranges : [];
    },
    left(pole) {
      const left_s = Math.max(0, Math.ceil((this.looks[pole.id].endMs - this.now) / 1000));
      return this.texts.watch_left.replace("{n}", left_s);
    },
    /** What is read aloud: it changes with the decision and the number of people, not with every step. */
    said(pole) {
      if (!this.isShown(pole)) {
        const state = this.states[pole.id] ?? { is: "asked" };
        const text = this.texts[`watch_state_${state.is}`] ?? this.texts.watch_state_asked;
        return text.replace("{why}", state.why);
      }
      const { tracks, ranges, warns, shadow, why } = this.looks[pole.id];
      const count = tracks.length + ranges.length;
      const there = count ? this.texts.watch_people.replace("{n}", count) : this.texts.watch_nobody;
      if (!warns) return there;
      const word = why ? this.texts[shadow ? "watch_would" : "watch_on"] : this.texts.watch_still;
      return `${word.replace("{why}", why)} · ${there}`;
    },
    picture(pole) {
      return this.texts.watch_picture.replace("{sign}", pole.name).replace("{state}", this.said(pole));
    },
    paintAll() {
      for (const pole of this.poles) this.paint(pole);
    },
    paint(pole) {
      const canvas = [this.$refs[`canvas ${pole.id}`]].flat()[0];
      const sharp = canvas && sharpened(canvas);
      if (!sharp) return;
      const { context, width, height } = sharp;
      const style = getComputedStyle(canvas);
      const colour = (name) => style.getPropertyValue(name).trim();
      const frame = fitAbove(pole.kerb, width, height);
      paintAbove(context, frame, colour, pole.kerb ? pole : null);
      this.write(context, this.texts.watch_road, 12, frame.y(0) - 14, colour("--muted"), "left");
      for (const one of this.tracksOf(pole)) this.paintOne(context, frame, pole, one, colour);
    },
    paintOne(context, frame, pole, one, colour) {
      const ink = colour(LOUD.includes(one.doing) ? "--alarm" : "--ice");
      const way = this.ways[pole.id].get(one.id) ?? [];
      paintTrail(context, frame, way.map(([, along, across]) => [along, across]), ink);
      paintMark(context, frame, [one.along, one.across], one.doing, ink, colour("--surface"));
      const text = LOUD.includes(one.doing) ? `#${one.id} ${one.word}` : `#${one.id}`;
      const right = frame.x(one.along) < frame.width / 2;
      const off = one.doing === "vehicle" ? 32 : 18; // beside its mark
      const x = frame.x(one.along) + (right ? off : -off);
      this.write(context, text, x, frame.y(one.across), colour("--text"), right ? "left" : "right", colour("--surface"));
    },
    write(context, text, x, y, ink, align, rim = null) {
      context.font = LABEL_FONT;
      context.textAlign = align;
      context.textBaseline = "middle";
      if (rim) {
        context.lineWidth = 4;
        context.lineJoin = "round";
        context.strokeStyle = rim;
        context.strokeText(text, x, y);
      }
      context.fillStyle = ink;
      context.fillText(text, x, y);
    },
  },
};

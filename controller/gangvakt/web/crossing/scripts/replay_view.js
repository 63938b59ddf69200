/** A recording seen from above, moment by moment: the road is up, the pavement with the sign below. */
import { fitAbove, paintAbove, paintMark, paintTrail, sharpened } from "gangvakt-above";

const TRAIL_S = 4;
const STEP_S = 0.1;

export default {
  props: { texts: Object, scene: Object },
  template: `
    <figure class="replay">
      <canvas ref="canvas" role="img" :aria-label="said"></canvas>
      <p class="replay-state" role="status">
        <strong>{{ clock }}</strong>
        <span class="state" :class="{ flashing: look[1] }">{{ look[1] ? texts.flashing : texts.dark }}</span>
        <span>{{ count }}</span>
        <span v-if="decision">{{ decision }}</span>
      </p>
      <div class="replay-controls">
        <button type="button" @click="toggle">{{ running ? texts.cross_pause : texts.cross_play }}</button>
        <button type="button" class="quiet" @click="step(-1)" :aria-label="'−0.1 s: ' + texts.cross_back">−0.1 s</button>
        <button type="button" class="quiet" @click="step(1)" :aria-label="'+0.1 s: ' + texts.cross_ahead_step">+0.1 s</button>
        <input type="range" min="0" :max="scene.length_s" step="0.05" v-model.number="at_s" :aria-label="texts.cross_when">
        <select v-model.number="speed" :aria-label="texts.cross_speed">
          <option v-for="one in [0.25, 0.5, 1, 2, 5]" :value="one">{{ one }} ×</option>
        </select>
      </div>
      <ol class="decisions">
        <li v-for="one in scene.decisions">
          <button type="button" class="quiet" @click="jump(one[0])">{{ one[0].toFixed(1) }} s</button>
          {{ words(one) }}
        </li>
      </ol>
    </figure>
  `,
  data: () => ({ at_s: 0, running: false, speed: 1 }),
  computed: {
    index() {
      let found = 0;
      this.scene.looks.forEach((look, n) => { if (look[0] <= this.at_s) found = n; });
      return found;
    },
    look() {
      return this.scene.looks[this.index] ?? [0, false, 0, []];
    },
    clock() {
      return `${this.at_s.toFixed(1)} s`;
    },
    count() {
      return this.texts.people_n.replace("{n}", this.look[3].length);
    },
    decision() {
      const done = this.scene.decisions.filter((one) => one[0] <= this.at_s);
      return done.length ? this.words(done[done.length - 1]) : "";
    },
    said() {
      return `${this.clock}, ${this.look[1] ? this.texts.flashing : this.texts.dark}, ${this.count}`;
    },
  },
  watch: {
    at_s() {
      this.paint();
    },
  },
  mounted() {
    const first = this.scene.decisions.find((one) => one[1] === "on");
    this.at_s = first ? Math.max(0, first[0] - 3) : 0;
    this.observer = new ResizeObserver(() => this.paint());
    this.observer.observe(this.$refs.canvas);
    this.bright = matchMedia("(prefers-color-scheme: light)");
    this.bright.addEventListener("change", this.paint);
    this.paint();
  },
  unmounted() {
    cancelAnimationFrame(this.frame);
    this.observer.disconnect();
    this.bright.removeEventListener("change", this.paint);
  },
  methods: {
    words(one) {
      return this.scene.words[`${one[1]} ${one[2]}`] ?? `${one[1]} ${one[2]}`;
    },
    toggle() {
      this.running = !this.running;
      if (!this.running) return;
      if (this.at_s >= this.scene.length_s) this.at_s = 0;
      this.last_ms = performance.now();
      this.frame = requestAnimationFrame(this.run);
    },
    run(now_ms) {
      if (!this.running) return;
      this.at_s = Math.min(this.scene.length_s, this.at_s + ((now_ms - this.last_ms) / 1000) * this.speed);
      this.last_ms = now_ms;
      if (this.at_s >= this.scene.length_s) this.running = false;
      else this.frame = requestAnimationFrame(this.run);
    },
    step(count) {
      this.jump(this.at_s + count * STEP_S);
    },
    jump(to_s) {
      this.running = false;
      this.at_s = Math.min(this.scene.length_s, Math.max(0, to_s));
    },
    paint() {
      const canvas = this.$refs.canvas;
      const sharp = canvas && sharpened(canvas);
      if (!sharp) return;
      const { context, width, height } = sharp;
      const style = getComputedStyle(canvas);
      const colour = (name) => style.getPropertyValue(name).trim();
      const [a, b] = this.scene.kerb ?? [[0, 0], [0, 0]];
      const frame = fitAbove(Math.hypot(b[0] - a[0], b[1] - a[1]), width, height);
      paintAbove(context, frame, colour);
      const ink = colour(this.look[1] ? "--alarm" : "--ice");
      for (const [ident, along, across] of this.look[3]) {
        paintTrail(context, frame, this.trail(ident).map((place) => [place[1], place[2]]), ink);
        paintMark(context, frame, [along, across], "dot", ink, colour("--surface"));
      }
    },
    trail(ident) {
      return this.scene.looks
        .slice(0, this.index + 1)
        .filter((look) => look[0] >= this.at_s - TRAIL_S)
        .flatMap((look) => look[3].filter((track) => track[0] === ident));
    },
  },
};

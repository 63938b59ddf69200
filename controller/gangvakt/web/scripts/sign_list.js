/** A card for each sign. Times count up here; rows come from the controller when something changed. */
const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const LEAST_LIGHT = 0.35; // as in gangvakt.css: what is dimmed further would be taken for dark

export default {
  props: { texts: Object, rows: Array, nowMs: Number },
  template: `
    <section class="signs" aria-labelledby="signs-title">
      <h2 id="signs-title">{{ texts.signs }} <span class="count">{{ rows.length }}</span></h2>
      <div class="empty" v-if="!rows.length">
        <strong>{{ texts.no_signs }}</strong>
        <p>{{ texts.no_signs_hint }}</p>
      </div>
      <ul class="cards" v-else>
        <li v-for="row in rows" :key="row.id" class="card" :class="row.state" :data-sign="row.id">
          <div class="card-head">
            <span class="lamps" :class="[row.state, row.pattern]" :style="{ '--dim': row.dim }" aria-hidden="true">
              <i class="left"></i><i class="right"></i>
            </span>
            <div class="names"><h3>{{ row.name }}</h3><span>{{ row.site }}</span></div>
            <strong class="state" :class="row.state">{{ row.stateText }}</strong>
          </div>
          <dl>
            <div v-for="fact in row.facts" :key="fact.name"><dt>{{ fact.name }}</dt><dd>{{ fact.value }}</dd></div>
            <div><dt>{{ texts.last_seen }}</dt><dd class="seen">{{ ago(row.seenMs) }}</dd></div>
          </dl>
          <div class="card-foot">
            <ul class="faults" v-if="row.faults.length" :aria-label="texts.faults">
              <li v-for="fault in row.faults" :key="fault">{{ fault }}</li>
            </ul>
            <span class="fine" v-else>{{ texts.no_faults }}</span>
            <a v-if="row.street" :href="row.street">{{ texts.open_street }}</a>
          </div>
        </li>
      </ul>
    </section>
  `,
  data: () => ({ sinceMs: 0 }),
  watch: {
    nowMs() {
      this.restart();
    },
  },
  updated() {
    this.flash();
  },
  mounted() {
    this.restart();
    this.still = matchMedia("(prefers-reduced-motion: reduce)");
    this.still.addEventListener("change", this.flash);
    this.flash();
    this.timer = setInterval(() => (this.sinceMs = performance.now() - this.startedMs), SECOND_MS);
  },
  unmounted() {
    clearInterval(this.timer);
    this.still.removeEventListener("change", this.flash);
  },
  methods: {
    restart() {
      this.startedMs = performance.now();
      this.sinceMs = 0;
    },
    /** Patterns of a site's own, which no style sheet knows; who wants no motion sees both lamps lit. */
    flash() {
      for (const row of this.rows) {
        const lamps = this.$el.querySelector(`[data-sign="${row.id}"] .lamps`);
        const steps = row.state === "flashing" && !this.still.matches ? (row.steps ?? []) : [];
        const drawn = JSON.stringify([steps, row.dim]);
        if (!lamps || (lamps.dataset.steps ?? JSON.stringify([[], row.dim])) === drawn) continue;
        lamps.dataset.steps = drawn;
        lamps.getAnimations({ subtree: true }).forEach((one) => one instanceof CSSAnimation || one.cancel());
        if (steps.length) this.play(lamps, steps, row.dim);
      }
    },
    play(lamps, steps, dim) {
      const duration = steps.reduce((sum, step) => sum + step[0], 0);
      [".left", ".right"].forEach((side, n) => {
        let at = 0;
        const frames = steps.map(([ms, ...lit]) => {
          const frame = { offset: at / duration, opacity: lit[n] ? Math.max(LEAST_LIGHT, dim) : 0, easing: "step-end" };
          at += ms;
          return frame;
        });
        const timing = { duration, iterations: Infinity, pseudoElement: "::after" };
        lamps.querySelector(side).animate([...frames, { ...frames.at(-1), offset: 1 }], timing);
      });
    },
    ago(seenMs) {
      if (seenMs === null) return this.texts.never;
      const age = Math.max(0, this.nowMs + this.sinceMs - seenMs);
      if (age < MINUTE_MS) return this.texts.seconds_ago.replace("{n}", Math.round(age / SECOND_MS));
      if (age < HOUR_MS) return this.texts.minutes_ago.replace("{n}", Math.round(age / MINUTE_MS));
      return this.texts.hours_ago.replace("{n}", Math.round(age / HOUR_MS));
    },
  },
};

/** A card for each sign. Times count up here; rows come from the controller when something changed. */
const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

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
  mounted() {
    this.restart();
    this.timer = setInterval(() => (this.sinceMs = performance.now() - this.startedMs), SECOND_MS);
  },
  unmounted() {
    clearInterval(this.timer);
  },
  methods: {
    restart() {
      this.startedMs = performance.now();
      this.sinceMs = 0;
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

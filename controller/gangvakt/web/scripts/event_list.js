/** The stream of events, newest first, in the reader's own time zone; by its number one is exported. */
const DAY_MS = 24 * 60 * 60 * 1000;

export default {
  props: { texts: Object, rows: Array, choices: Array, locale: String },
  emits: ["choose"],
  template: `
    <section class="events" aria-labelledby="events-title">
      <div class="events-head">
        <h2 id="events-title">{{ texts.events }}</h2>
        <label>{{ texts.show_sign }}
          <select @change="$emit('choose', $event.target.value)">
            <option value="">{{ texts.all_signs }}</option>
            <option v-for="choice in choices" :key="choice" :value="choice">{{ choice }}</option>
          </select>
        </label>
      </div>
      <div class="empty" v-if="!rows.length">
        <strong>{{ texts.no_events }}</strong>
        <p>{{ texts.no_events_hint }}</p>
      </div>
      <div v-else class="log" role="log" tabindex="0" aria-labelledby="events-title">
        <ol>
          <li v-for="row in rows" :key="row.id" :class="row.kind">
            <span>
              <time :datetime="iso(row.utcMs)">{{ clock(row.utcMs) }}</time><br>
              <small class="hint number">#{{ row.id }}</small>
            </span>
            <span class="who">{{ row.sign }}<small>{{ row.site }}</small></span>
            <span class="what">{{ row.text }}</span>
          </li>
        </ol>
      </div>
    </section>
  `,
  methods: {
    iso(utcMs) {
      return new Date(utcMs).toISOString();
    },
    /** The time of day; with the date when it is not of the last 24 hours. */
    clock(utcMs) {
      const when = new Date(utcMs);
      const time = when.toLocaleTimeString(this.locale, { hour: "2-digit", minute: "2-digit", second: "2-digit" });
      if (Math.abs(Date.now() - utcMs) < DAY_MS) return time;
      return `${when.toLocaleDateString(this.locale, { day: "numeric", month: "short" })} ${time}`;
    },
  },
};

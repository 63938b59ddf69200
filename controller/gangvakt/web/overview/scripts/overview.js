/** Counts, filters, map and list. Of ten thousand rows only those are in the document that can be seen. */
import { Signs, TownMap, readAddress, writeAddress } from "gangvakt-overview";

const ROW_PX = 56;
const SPARE = 6; // rows above and below, for a quick finger
const TYPING_MS = 150;
const SECOND_MS = 1000;
const AGAIN_MS = 3000;
const SYMBOLS = { flashing: "◐", dark: "✓", shadow: "◌", silent: "×", off_by_day: "☾", unknown: "?" };

export default {
  props: { texts: Object, states: Array, counts: Array, tiles: Object, streets: Array },
  template: `
    <section class="ov" aria-labelledby="ov-title">
      <div class="ov-head">
        <h1 id="ov-title">{{ texts.ov_title }}</h1>
        <a v-for="one in streets" :key="one.href" class="ov-street" :href="one.href">{{ texts.simulated }} {{ one.name }}: {{ texts.open_street }}</a>
      </div>
      <div class="ov-counts" role="group" :aria-label="texts.ov_show">
        <button type="button" class="ov-count" :aria-pressed="filter.show === ''" @click="want({ show: '' })">
          <strong>{{ sums.all }}</strong><span>{{ texts.ov_all }}</span>
        </button>
        <button v-for="one in counts" :key="one.key" type="button" class="ov-count" :class="[one.key, { some: sums[one.key] }]"
          :data-count="one.key" :aria-pressed="filter.show === one.key" @click="want({ show: filter.show === one.key ? '' : one.key })">
          <strong>{{ sums[one.key] }}</strong><span>{{ one.text }}</span>
        </button>
      </div>
      <form class="ov-filters" role="search" @submit.prevent="want({ search: typed })">
        <label>{{ texts.ov_search }}
          <input type="search" v-model="typed" maxlength="64" :placeholder="texts.ov_search_hint" @input="typing">
        </label>
        <label v-if="places.length > 1 || filter.place">{{ texts.ov_municipality }}
          <select :value="filter.place" @change="want({ place: $event.target.value })">
            <option value="">{{ texts.ov_everywhere }}</option>
            <option v-for="one in places" :key="one" :value="one">{{ one }}</option>
          </select>
        </label>
        <span class="spring"></span>
        <span class="count" role="status">{{ said }}</span>
      </form>
      <p class="form-error" role="alert" v-if="failed">{{ texts.ov_failed }} <button type="button" class="quiet" @click="load">{{ texts.ov_again }}</button></p>
      <div class="empty" v-if="loaded && !sums.all && !filter.place">
        <strong>{{ texts.no_signs }}</strong><p>{{ texts.no_signs_hint }}</p>
      </div>
      <div class="ov-both" v-show="sums.all || filter.place">
        <div class="ov-map">
          <canvas ref="canvas" tabindex="0" role="img" :aria-label="mapSaid"></canvas>
          <div class="ov-zoom">
            <button type="button" @click="map.zoom(1.6)" :aria-label="texts.ov_zoom_in" :title="texts.ov_zoom_in">+</button>
            <button type="button" @click="map.zoom(1 / 1.6)" :aria-label="texts.ov_zoom_out" :title="texts.ov_zoom_out">−</button>
            <button type="button" @click="map.fit()" :aria-label="texts.ov_fit" :title="texts.ov_fit">⤢</button>
          </div>
          <p class="ov-note" v-if="loaded && !placed && shown"><strong>{{ texts.ov_no_places }}</strong> {{ texts.ov_no_places_hint }}</p>
          <p class="ov-note small" v-else-if="placed < shown">{{ texts.ov_places_missing.replace("{n}", shown - placed) }}</p>
          <p class="ov-note small" v-else-if="bare && placed">{{ texts.ov_no_ground }}</p>
          <p class="ov-credit" v-if="tiles?.credit">{{ tiles.credit }}</p>
        </div>
        <div class="ov-list" ref="list" tabindex="0" role="region" :aria-label="texts.ov_list" @scroll.passive="scrolled">
          <p class="empty" v-if="loaded && !shown">{{ texts.ov_none_fit }} <a href="/" @click.prevent="clear">{{ texts.ov_clear }}</a></p>
          <ul :style="{ height: shown * 56 + 'px' }" :aria-label="texts.ov_list" v-show="shown">
            <li v-for="row in visible" :key="row.id" class="ov-row" :class="'u' + row.urgency" :data-sign="row.id"
              :style="{ transform: 'translateY(' + row.top + 'px)' }" :aria-setsize="shown" :aria-posinset="row.place_">
              <span class="ov-symbol" :class="[row.word, 's' + row.urgency]" aria-hidden="true">{{ row.symbol }}</span>
              <span class="ov-name"><a :href="row.href">{{ row.title }}</a><small>{{ row.sub }}</small></span>
              <span class="state" :class="row.word">{{ row.stateText }}</span>
              <span class="ov-alarms"><a v-if="row.alarms" :href="row.alarmsHref">⚠ {{ row.alarmsText }}</a><span v-else-if="row.faulty">! {{ texts.ov_faulty }}</span></span>
              <span class="ov-seen">{{ row.seen }}</span>
            </li>
          </ul>
        </div>
      </div>
    </section>
  `,
  data: () => ({
    filter: readAddress(), typed: readAddress().search, sums: { all: 0 }, places: [], visible: [],
    shown: 0, placed: 0, loaded: false, failed: false, bare: false,
  }),
  computed: {
    said() {
      if (!this.loaded) return this.texts.ov_loading;
      const { shown, sums } = this;
      return this.texts.ov_signs_n.replace("{n}", shown) + (shown < sums.all ? ` ${this.texts.ov_of.replace("{n}", sums.all)}` : "");
    },
    mapSaid() {
      return `${this.texts.ov_map.replace("{n}", this.placed)} ${this.texts.ov_map_hint}`;
    },
  },
  created() {
    this.signs = new Signs();
    this.rows = [];
    this.load();
  },
  mounted() {
    this.map = new TownMap(this.$refs.canvas, (row) => location.assign(`/crossing/${row.siteId}`), this.tiles);
    this.loadGround();
    this.back = () => {
      this.filter = readAddress();
      this.typed = this.filter.search;
      this.choose();
    };
    addEventListener("popstate", this.back);
    this.observer = new ResizeObserver(() => this.showVisible());
    this.observer.observe(this.$refs.list);
    this.timer = setInterval(() => this.showVisible(), SECOND_MS);
    if (this.loaded) this.choose();
  },
  unmounted() {
    removeEventListener("popstate", this.back);
    clearInterval(this.timer);
    clearTimeout(this.later);
    this.observer.disconnect();
    this.map.end();
  },
  methods: {
    async load() {
      if (this.loading) return;
      this.loading = true;
      try {
        const early = window.overviewRows;
        window.overviewRows = null;
        const answer = (await early) ?? (await fetch("/overview/rows"));
        if (!answer.ok || answer.redirected) throw new Error(`${answer.status}`);
        this.signs.take(await answer.json());
        this.failed = false;
        this.loaded = true;
        if (this.map) this.choose();
      } catch {
        this.failed = true;
        this.later = setTimeout(() => this.load(), AGAIN_MS);
      } finally {
        this.loading = false;
      }
    },
    async loadGround() {
      const answer = await fetch("/overview/ground");
      this.bare = answer.status === 204 && !this.tiles;
      if (answer.status === 200 && !answer.redirected) this.map.setGround(await answer.json());
    },
    /** What changed since the last second. */
    patch(text) {
      if (!this.loaded) return;
      if (!this.signs.patch(JSON.parse(text))) this.load();
      else this.choose();
    },
    choose() {
      this.sums = this.signs.counts(this.filter.place);
      this.places = this.signs.municipalities();
      this.rows = this.signs.wanted(this.filter);
      this.shown = this.rows.length;
      this.placed = this.rows.reduce((sum, row) => sum + (row.place ? 1 : 0), 0);
      this.map.setRows(this.rows);
      this.$nextTick(() => this.showVisible());
    },
    want(change, replace = false) {
      this.filter = { ...this.filter, ...change };
      this.typed = this.filter.search;
      writeAddress(this.filter, replace);
      if (this.$refs.list) this.$refs.list.scrollTop = 0;
      this.choose();
      this.map.fit();
    },
    clear() {
      this.want({ search: "", place: "", show: "" });
    },
    typing() {
      clearTimeout(this.typingTimer);
      this.typingTimer = setTimeout(() => this.want({ search: this.typed }, true), TYPING_MS);
    },
    scrolled() {
      this.scrollFrame ??= requestAnimationFrame(() => {
        this.scrollFrame = null;
        this.showVisible();
      });
    },
    showVisible() {
      const list = this.$refs.list;
      if (!list) return;
      const first = Math.max(0, Math.floor(list.scrollTop / ROW_PX) - SPARE);
      const last = Math.min(this.rows.length, Math.ceil((list.scrollTop + list.clientHeight) / ROW_PX) + SPARE);
      const now = this.signs.now();
      const seen = this.rows.slice(first, last).map((row, index) => this.view(row, first + index, now));
      if (JSON.stringify(seen) !== JSON.stringify(this.visible)) this.visible = seen;
    },
    view(row, index, now) {
      const { word, text } = this.states[row.state];
      return {
        id: row.id, urgency: row.urgency, top: index * ROW_PX, place_: index + 1, word, symbol: word === "dark" && row.urgency < 3 ? "!" : SYMBOLS[word],
        stateText: text, title: row.title, sub: `${row.municipality} · ${row.name}`, href: `/crossing/${row.siteId}`,
        alarms: row.alarms, alarmsText: this.texts.ov_alarms.replace("{n}", row.alarms), faulty: Boolean(row.marks & 64),
        alarmsHref: `/alarms?search=${encodeURIComponent(row.id)}`, seen: this.ago(row.seenS, now),
      };
    },
    ago(seenS, now) {
      if (!seenS) return this.texts.ov_never;
      const age = Math.max(0, now - seenS);
      if (age < 15) return this.texts.ov_now;
      const [key, unit] = age < 60 ? ["seconds_ago", 1] : age < 3600 ? ["minutes_ago", 60] : age < 172800 ? ["hours_ago", 3600] : ["days_ago", 86400];
      return this.texts[key].replace("{n}", unit === 1 ? Math.floor(age / 15) * 15 : Math.floor(age / unit));
    },
  },
};

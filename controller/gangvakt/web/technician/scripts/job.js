/** All the work on one sign: large buttons, one thing open at a time, and nothing that was typed is lost. */
import { WalkPicture, blobOf, smaller } from "gangvakt-job";

const TICK_MS = 500;
const LONGEST_TEXT = 2000;
const RECENT = "gangvakt-job-recent";
const RECENT_KEPT = 6;
const PARTS = ["selftest", "walk", "light", "note", "swap", "close"];
const LIGHT_S = 15;
const IDENTIFY_S = 30;
const SILENT_MS = 3000;
const VERDICTS = ["fail", "warn", "ok", "not_fitted"]; // what needs a hand comes first

export default {
  props: { texts: Object, locale: String, nowMs: Number, head: Object, alarms: Array, file: Object, swap: Object, next: String },
  emits: ["light", "selftest", "walk", "note", "close", "look"],
  template: `
    <article class="job">
      <header class="job-head">
        <a class="crumb" href="/job">‹ {{ texts.job_find }}</a>
        <h1>{{ head.name }}</h1>
        <p class="where">{{ head.site }}<template v-if="file && file.pole">, {{ texts.job_pole }} {{ file.pole }}</template></p>
        <p class="badges">
          <strong class="state" :class="head.state">{{ head.stateText }}</strong>
          <span class="state" v-if="file">{{ file.stateText }}</span>
          <span>{{ head.online ? texts.job_online : texts.job_offline }}, {{ ago(head.seenMs) }}</span>
        </p>
        <p v-if="head.order" class="hint">{{ head.order }}: {{ head.orderLeftS }} s</p>
        <ul class="faults" v-if="head.faults.length"><li v-for="fault in head.faults" :key="fault">{{ fault }}</li></ul>
        <dl class="senses"><div v-for="one in head.senses" :key="one.name"><dt>{{ one.name }}</dt><dd>{{ one.value }}</dd></div></dl>
        <ul class="job-alarms" v-if="alarms.length" :aria-label="texts.job_alarms">
          <li v-for="one in alarms" :key="one.id"><a :href="'/alarms/' + one.id">{{ one.title }}</a> <small>{{ one.stateText }}</small></li>
        </ul>
      </header>

      <section v-for="part in parts" :key="part" class="job-part" :class="{ open: open === part }">
        <h2><button type="button" class="big" :aria-expanded="open === part" :aria-controls="'part-' + part" @click="show(part)">
          {{ texts["job_" + part] }}<span aria-hidden="true">{{ open === part ? "–" : "+" }}</span></button></h2>
        <div v-if="open === part" :id="'part-' + part" class="job-body">

          <template v-if="part === 'selftest'">
            <p class="hint">{{ texts.job_selftest_hint }}</p>
            <button type="button" class="big go" :disabled="testing" @click="test">{{ testing ? step || texts.job_waiting : texts.job_selftest_go }}</button>
            <p v-if="verdict" class="verdict" :class="verdict.ok ? 'good' : 'bad'" role="status">{{ verdict.text }}</p>
            <ul class="rows" v-if="rows.length" aria-live="polite">
              <li v-for="row in rows" :key="row.what" :class="row.verdict">
                <strong>{{ row.what }}</strong><span class="row-verdict">{{ row.verdictText }}</span>
                <small lang="en" v-if="row.found !== '-'">{{ row.found }}<template v-if="row.limit !== '-'"> ({{ row.limit }})</template></small>
              </li>
            </ul>
          </template>

          <template v-if="part === 'walk'">
            <p class="hint">{{ texts.job_walk_hint }}</p>
            <button type="button" class="big go" @click="walk">{{ walking ? texts.job_walk_stop : texts.job_walk_go }}</button>
            <p v-if="walking && !site" role="status">{{ texts.job_waiting }}</p>
            <div v-show="site" class="walk">
              <p class="decision" :class="{ warns: glimpse && glimpse.warns, old: old }" role="status">{{ decision }}</p>
              <canvas ref="walk" role="img" :aria-label="texts.job_walk_picture"></canvas>
              <p class="hint" v-if="site && !site.kerb">{{ texts.job_no_kerb }}</p>
              <ul class="tracks" v-if="glimpse"><li v-for="one in glimpse.tracks" :key="one.id">#{{ one.id }}: {{ kerbOf(one) }}</li></ul>
            </div>
          </template>

          <template v-if="part === 'light'">
            <p class="hint">{{ texts.job_light_hint }}</p>
            <button type="button" class="big go" :disabled="lighting" @click="light('flash')">{{ counting('flash') || texts.job_light_go }}</button>
            <button type="button" class="big" :disabled="lighting" @click="light('identify')">{{ counting('identify') || texts.job_identify_go }}</button>
          </template>

          <form v-if="part === 'note'" @submit.prevent="send('note')">
            <label>{{ texts.job_note_label }}<textarea v-model="drafts.note" rows="3" :maxlength="longest" required></textarea></label>
            <button type="submit" class="big go" :disabled="sending">{{ sending ? texts.job_waiting : texts.job_note_go }}</button>
            <ul class="written" v-if="file"><li v-for="one in file.written" :key="one.atMs + one.text"><small>{{ one.kind }}, {{ one.who }}, {{ day(one.atMs) }}</small><p>{{ one.text }}</p></li></ul>
          </form>

          <template v-if="part === 'swap'">
            <p>{{ texts.job_swap_how }}</p>
            <ol class="how"><li>{{ texts.job_swap_1 }}<code>{{ swap.command }} --board {{ head.board || "BOARD" }}</code></li><li>{{ texts.job_swap_2 }}</li><li>{{ texts.job_swap_3 }}</li></ol>
            <p class="verdict" role="status" :class="swap.state === 'registered' ? 'good' : ''">{{ texts["job_swap_" + (swap.state || "nobody")] || swap.state }}</p>
            <a v-if="swap.sign" class="big" :href="'/job/' + swap.sign">{{ swap.sign }}</a>
          </template>

          <form v-if="part === 'close'" @submit.prevent="finish">
            <p class="hint">{{ texts.job_close_hint }}</p>
            <label class="big photo">{{ photo ? texts.job_photo_other : texts.job_photo }}<input type="file" accept="image/*" capture="environment" @change="take"></label>
            <img v-if="photo" :src="photo" :alt="texts.job_photo">
            <p v-if="photoSent" class="fine">{{ texts.job_photo_sent }}</p>
            <label>{{ texts.job_close_label }}<textarea v-model="drafts.close" rows="3" :maxlength="longest" required></textarea></label>
            <label class="tick" v-if="next"><input type="checkbox" v-model="forward"> {{ texts.job_forward.replace("{state}", next) }}</label>
            <button type="submit" class="big go" :disabled="sending">{{ sending ? texts.job_waiting : texts.job_close_go }}</button>
          </form>

          <p v-if="said" :class="said.bad ? 'form-error' : 'fine'" :role="said.bad ? 'alert' : 'status'">{{ said.text }}</p>
        </div>
      </section>
    </article>
  `,
  data: () => ({
    parts: PARTS, open: null, now: 0, longest: LONGEST_TEXT, said: null, sending: false, drafts: { note: "", close: "" },
    rows: [], step: "", testing: false, verdict: null, walking: false, site: null, glimpse: null, heardMs: 0,
    lighting: false, until: { flash: 0, identify: 0 }, photo: "", photoSent: false, forward: true,
  }),
  computed: {
    key() {
      return `gangvakt-job-${this.head.site}/${this.head.name}`;
    },
    old() {
      return this.walking && this.heardMs && this.now - this.heardMs > SILENT_MS;
    },
    decision() {
      if (!this.glimpse) return this.texts.job_waiting;
      if (this.old) return this.texts.job_walk_old;
      const word = this.glimpse.warns ? this.texts.job_walk_warns : this.texts.job_walk_dark;
      return this.glimpse.said ? `${word}: ${this.glimpse.said}` : word;
    },
  },
  watch: {
    nowMs() {
      this.startedMs = performance.now();
    },
    drafts: {
      deep: true,
      handler() {
        this.keep();
      },
    },
  },
  mounted() {
    this.startedMs = performance.now();
    this.timer = setInterval(() => (this.now = performance.now()), TICK_MS);
    const kept = JSON.parse(localStorage.getItem(this.key) || "{}");
    Object.assign(this.drafts, kept.drafts);
    this.photo = kept.photo || "";
    this.photoSent = Boolean(kept.photoSent);
    this.open = kept.open || null;
    const name = `${this.head.site}/${this.head.name}`;
    const recent = JSON.parse(localStorage.getItem(RECENT) || "[]").filter((one) => one !== name);
    localStorage.setItem(RECENT, JSON.stringify([name, ...recent].slice(0, RECENT_KEPT)));
  },
  unmounted() {
    clearInterval(this.timer);
  },
  methods: {
    keep() {
      const kept = { drafts: this.drafts, open: this.open, photo: this.photo, photoSent: this.photoSent };
      try {
        localStorage.setItem(this.key, JSON.stringify(kept));
      } catch {
        localStorage.setItem(this.key, JSON.stringify({ ...kept, photo: "" })); // no room for the picture
      }
    },
    show(part) {
      if (this.walking) this.walk();
      this.open = this.open === part ? null : part;
      this.said = null;
      this.keep();
    },
    ago(seenMs) {
      if (!seenMs) return this.texts.never;
      const age_s = Math.max(0, (this.nowMs - seenMs + (performance.now() - this.startedMs)) / 1000);
      if (age_s < 60) return this.texts.seconds_ago.replace("{n}", Math.round(age_s));
      if (age_s < 3600) return this.texts.minutes_ago.replace("{n}", Math.round(age_s / 60));
      return this.texts.hours_ago.replace("{n}", Math.round(age_s / 3600));
    },
    day(utcMs) {
      return new Date(utcMs).toLocaleString(this.locale, { dateStyle: "medium", timeStyle: "short" });
    },
    test() {
      Object.assign(this, { testing: true, rows: [], verdict: null, step: "", said: null });
      this.$emit("selftest", {});
    },
    walk() {
      this.walking = !this.walking;
      if (this.walking) Object.assign(this, { site: null, glimpse: null, said: null, heardMs: 0 });
      this.$emit("walk", { on: this.walking });
    },
    kerbOf(track) {
      const metres = Math.abs(track.kerb_m).toLocaleString(this.locale, { maximumFractionDigits: 1 });
      const speed = track.speed_m_s.toLocaleString(this.locale, { maximumFractionDigits: 1 });
      return this.texts[track.kerb_m >= 0 ? "job_before_kerb" : "job_on_road"].replace("{m}", metres).replace("{v}", speed);
    },
    light(verb) {
      this.lighting = true;
      this.said = null;
      this.$emit("light", { verb, seconds: verb === "flash" ? LIGHT_S : IDENTIFY_S });
    },
    counting(verb) {
      const left_s = Math.ceil((this.until[verb] - this.now) / 1000);
      return left_s > 0 ? this.texts.job_light_left.replace("{n}", left_s) : "";
    },
    send(what, more = {}) {
      this.sending = true;
      this.said = null;
      this.$emit(what, { text: this.drafts[what], ...more });
    },
    async take(event) {
      this.said = null;
      try {
        this.photo = await smaller(event.target.files[0]);
        this.photoSent = false;
        this.keep();
      } catch {
        this.said = { bad: true, text: this.texts.job_photo_bad };
      }
    },
    /** The photo goes first; when that fails, nothing is closed and all is still here. */
    async finish() {
      this.sending = true;
      this.said = null;
      try {
        if (this.photo && !this.photoSent) await this.upload();
      } catch (why) {
        this.sending = false;
        this.said = { bad: true, text: `${this.texts.job_photo_failed} ${why.message}` };
        return;
      }
      this.send("close", { forward: this.forward && Boolean(this.next) });
    },
    async upload() {
      const body = blobOf(this.photo);
      const path = `/api/v1/signs/${this.head.site}/${this.head.name}/photos`;
      const query = new URLSearchParams({ text: this.drafts.close.slice(0, 60).replace(/\s+/g, " ").trim() });
      const answer = await fetch(`${path}?${query}`, { method: "POST", body, headers: { "content-type": "image/jpeg" } });
      if (!answer.ok) throw new Error((await answer.json().catch(() => ({}))).detail || answer.statusText);
      this.photoSent = true;
      this.keep();
    },
    /** What the controller says of something that was begun here. */
    hear(what, told) {
      const refused = told.ok === false && told.why;
      if (refused) this.said = { bad: true, text: told.why };
      if (what === "light") {
        this.lighting = false;
        if (told.ok) this.until[told.verb] = performance.now() + 1000 * told.seconds;
      } else if (what === "selftest") this.hearTest(told, refused);
      else if (what === "walk") this.hearWalk(told);
      else {
        this.sending = false;
        if (told.ok) this.sent(what);
      }
    },
    hearTest(told, refused) {
      if (told.step) this.step = told.step;
      if (told.row) this.rows.push(told.row);
      if (!told.over) return;
      this.testing = false;
      this.rows.sort((one, other) => VERDICTS.indexOf(one.verdict) - VERDICTS.indexOf(other.verdict));
      if (!refused) this.verdict = { ok: told.ok, text: told.ok ? this.texts.job_selftest_ok : this.texts.job_selftest_bad };
    },
    hearWalk(told) {
      if (told.site) this.site = told.site;
      if (told.glimpse) {
        this.glimpse = told.glimpse;
        this.heardMs = performance.now();
        this.$nextTick(() => this.paint());
      }
      if (told.over) this.walking = false;
    },
    paint() {
      if (!this.$refs.walk || !this.site) return;
      const canvas = Array.isArray(this.$refs.walk) ? this.$refs.walk[0] : this.$refs.walk;
      new WalkPicture(canvas).draw(this.site, this.glimpse);
    },
    sent(what) {
      this.drafts[what] = "";
      if (what === "close") Object.assign(this, { photo: "", photoSent: false });
      this.said = { text: this.texts[`job_${what}_done`] };
      this.keep();
    },
  },
};

/** The queue: choices that stay in the address, rows, and steps for those that are chosen. */
import { Alerts, StepForm, age, fill, iso, moment, refusal } from "gangvakt-alarms";

const TICK_MS = 1000;
const STEPS = ["acknowledge", "suspend", "resume", "assign", "comment"];

export default {
  components: { StepForm },
  props: {
    texts: Object, locale: String, rows: Array, total: Number, nowMs: Number, wanted: Object, query: String,
    choices: Object, ignored: Array, people: Array, user: String, canAct: Boolean, unheeded: Array,
  },
  emits: ["wanted", "step"],
  template: `
    <section class="alarm-queue" aria-labelledby="alarms-title">
      <div class="queue-head">
        <h1 id="alarms-title">{{ texts.alarms_title }}</h1>
        <span class="count" role="status">{{ fill(texts.alarms_count, { count: rows.length }) }}</span>
        <span class="spring"></span>
        <label class="tick"><input type="checkbox" v-model="sound" @change="choose('sound', sound)">{{ texts.alarm_sound }}</label>
        <label class="tick"><input type="checkbox" v-model="notify" @change="choose('notify', notify)">{{ texts.alarm_notify }}</label>
      </div>
      <p class="hint" v-if="hint" role="status">{{ hint }}</p>
      <form class="filters" role="search" @submit.prevent="search">
        <label v-for="name in ['state', 'priority', 'owner', 'order']" :key="name">{{ texts[labels[name]] }}
          <select :value="wanted[name]" @change="want(name, $event.target.value)">
            <option v-for="one in choices[name]" :key="one.value" :value="one.value">{{ one.name }}</option>
          </select>
        </label>
        <label>{{ texts.alarm_search }}
          <input type="search" :value="wanted.search" maxlength="64" :placeholder="texts.alarm_search_hint"
            @input="searchSoon($event.target.value)" @change="want('search', $event.target.value)">
        </label>
      </form>
      <p class="form-error" v-for="one in ignored" :key="one">{{ one }}</p>
      <p class="hint" v-if="total > rows.length">{{ fill(texts.alarms_more, { shown: rows.length, count: total }) }}</p>

      <div class="empty" v-if="!rows.length">
        <strong>{{ query ? texts.alarms_no_match : texts.alarms_none }}</strong>
        <p v-if="query"><a href="/alarms">{{ texts.alarms_show_all }}</a></p>
        <p v-else>{{ texts.alarms_none_hint }}</p>
      </div>
      <template v-else>
        <div class="alarm-row head">
          <input v-if="canAct" type="checkbox" :checked="allChosen" :indeterminate.prop="someChosen"
            :aria-label="texts.alarm_select_all" @change="chooseAll($event.target.checked)">
          <span v-else></span>
          <span>{{ texts.alarm_urgency }}</span><span>{{ texts.alarm_what }}</span><span>{{ texts.alarm_age }}</span>
          <span>{{ texts.alarm_which }}</span><span>{{ texts.alarm_owner }}</span>
        </div>
        <ul class="alarm-rows" :aria-label="texts.alarms_title">
          <li v-for="row in rows" :key="row.id" class="alarm-row" :class="['p' + row.priority, row.state, { chosen: picked.has(row.id), fresh: fresh.has(row.id) }]" :data-alarm="row.id">
            <input v-if="canAct && row.mayAct" type="checkbox" :checked="picked.has(row.id)"
              :aria-label="fill(texts.alarm_select, { number: row.id })" @change="pick(row.id, $event.target.checked)">
            <span v-else></span>
            <span class="urgency" :title="texts['alarm_priority_' + row.priority]"><span class="sr">{{ texts.alarm_urgency }} </span>{{ row.priority }}</span>
            <span class="what"><a :href="'/alarms/' + row.id">{{ row.title }}</a><small>{{ row.where }}</small></span>
            <time :datetime="iso(row.raisedMs)" :title="moment(locale, row.raisedMs)">{{ age(texts, row.raisedMs, now) }}</time>
            <span class="alarm-state">{{ row.stateText }}<small v-if="row.untilMs">{{ fill(texts.alarm_until, { at: moment(locale, row.untilMs) }) }}</small><small v-else-if="row.takenBy">{{ fill(texts.alarm_by, { who: row.takenBy }) }}</small><small v-else-if="row.level">{{ fill(texts.alarm_escalated, { count: row.level }) }}</small></span>
            <span class="owner" :class="{ nobody: !row.owner }"><span class="sr">{{ texts.alarm_owner }}: </span>{{ row.owner || texts.alarm_nobody }}</span>
          </li>
        </ul>
      </template>

      <div class="bulk" v-if="canAct && (picked.size || said.length)" role="region" :aria-label="fill(texts.alarm_selected, { count: picked.size })">
        <div class="bulk-head" v-if="picked.size">
          <strong>{{ fill(texts.alarm_selected, { count: picked.size }) }}</strong>
          <button v-for="one in steps" :key="one" type="button" class="quiet" :aria-pressed="step === one" @click="step = step === one ? null : one">{{ texts["alarm_do_" + one] }}</button>
        </div>
        <step-form v-if="step && picked.size" ref="form" :key="step" :texts="texts" :step="step" :people="people" :user="user"
          draft-key="gangvakt-alarms-many" :sending="sending" focus @go="go" @cancel="step = null"></step-form>
        <p v-for="one in said" :key="one.text" :class="one.bad ? 'form-error' : 'fine'" :role="one.bad ? 'alert' : 'status'">{{ one.text }}</p>
      </div>
    </section>
  `,
  data: () => ({
    now: Date.now(), picked: new Set(), step: null, steps: STEPS, sending: false, said: [], sound: false, notify: false,
    hint: "", fresh: new Set(),
    labels: { state: "alarm_which", priority: "alarm_urgency", owner: "alarm_owner", order: "alarm_order" },
  }),
  computed: {
    choosable() {
      return this.rows.filter((row) => row.mayAct);
    },
    allChosen() {
      return this.choosable.length > 0 && this.picked.size === this.choosable.length;
    },
    someChosen() {
      return this.picked.size > 0 && !this.allChosen;
    },
  },
  watch: {
    /** Who is shown no more is not chosen any more: nobody acts on what he does not see. */
    rows() {
      const shown = new Set(this.choosable.map((row) => row.id));
      this.picked = new Set([...this.picked].filter((id) => shown.has(id)));
    },
    nowMs() {
      this.restart();
    },
    query() {
      const path = this.query ? `/alarms?${this.query}` : "/alarms";
      if (path !== window.location.pathname + window.location.search) history.replaceState(history.state, "", path);
    },
    unheeded() {
      this.tell();
    },
  },
  created() {
    this.alerts = new Alerts(this.texts);
    Object.assign(this, this.alerts.chosen);
  },
  mounted() {
    this.restart();
    this.tell();
    this.hint = this.alerts.isMute ? this.texts.alarm_sound_waits : "";
    this.unmute = () => (this.hint = "");
    window.addEventListener("click", this.unmute, { once: true });
    this.timer = setInterval(() => (this.now = this.nowMs + performance.now() - this.startedMs), TICK_MS);
  },
  unmounted() {
    clearInterval(this.timer);
    clearTimeout(this.soon);
    window.removeEventListener("click", this.unmute);
  },
  methods: {
    age, fill, iso, moment,
    restart() {
      this.startedMs = performance.now();
      this.now = this.nowMs;
    },
    tell() {
      const fresh = this.alerts.tell(this.unheeded);
      this.fresh = new Set(fresh.map((one) => one.id));
    },
    async choose(name, wanted) {
      const allowed = await this.alerts.choose(name, wanted);
      this[name] = this.alerts.chosen[name];
      this.hint = allowed ? "" : this.texts.alarm_notify_denied;
    },
    want(name, value) {
      clearTimeout(this.soon);
      if (value !== this.wanted[name]) this.$emit("wanted", { ...this.wanted, [name]: value });
    },
    searchSoon(value) {
      clearTimeout(this.soon);
      this.soon = setTimeout(() => this.want("search", value), 300);
    },
    search(event) {
      this.want("search", event.target.querySelector("[type=search]").value);
    },
    pick(id, chosen) {
      const picked = new Set(this.picked);
      if (chosen) picked.add(id);
      else picked.delete(id);
      this.picked = picked;
      this.said = [];
    },
    chooseAll(chosen) {
      this.picked = new Set(chosen ? this.choosable.map((row) => row.id) : []);
      this.said = [];
    },
    go(told) {
      this.sending = true;
      const alarms = this.rows.filter((row) => this.picked.has(row.id)).map(({ id, changedMs }) => ({ id, changedMs }));
      this.$emit("step", { ...told, alarms });
    },
    /** The controller's answer to a step. */
    answered({ done, refused }) {
      this.sending = false;
      this.said = [];
      if (done) {
        this.said.push({ text: fill(this.texts.alarm_done_n, { count: done }) });
        this.$refs.form?.clear();
        this.step = null;
      }
      if (refused.length > 1) this.said.push({ bad: true, text: fill(this.texts.alarm_not_done_n, { count: refused.length }) });
      const texts = new Set(refused.map((one) => refusal(this.locale, one)));
      for (const text of [...texts].slice(0, 3)) this.said.push({ bad: true, text });
      if (done) this.picked = new Set(refused.map((one) => one.id).filter((id) => this.picked.has(id)));
    },
  },
};

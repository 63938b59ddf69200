/** One alarm: what is wrong, what to do, who does it, and all that was done. */
import { StepForm, age, fill, iso, moment, refusal } from "gangvakt-alarms";

const TICK_MS = 1000;

export default {
  components: { StepForm },
  props: {
    texts: Object, locale: String, alarm: Object, history: Array, links: Array, steps: Array, nowMs: Number,
    people: Array, user: String, reports: Array,
  },
  emits: ["step", "dealt"],
  template: `
    <article class="alarm-detail" :class="'p' + alarm.priority">
      <p class="crumb"><a href="/alarms">{{ texts.alarm_back }}</a> › {{ fill(texts.alarm_number, { number: alarm.id }) }}</p>
      <header>
        <span class="urgency"><span class="sr">{{ texts.alarm_urgency }} </span>{{ alarm.priority }}</span>
        <div><h1>{{ alarm.title }}</h1><p class="where">{{ alarm.where }}</p></div>
      </header>
      <dl class="facts">
        <div><dt>{{ texts.alarm_which }}</dt><dd>{{ stands }}</dd></div>
        <div><dt>{{ texts.alarm_urgency }}</dt><dd>{{ texts["alarm_priority_" + alarm.priority] }}</dd></div>
        <div><dt>{{ texts.alarm_age }}</dt><dd><time :datetime="iso(alarm.raisedMs)">{{ moment(locale, alarm.raisedMs) }}</time> ({{ age(texts, alarm.raisedMs, now) }})</dd></div>
        <div><dt>{{ texts.alarm_owner }}</dt><dd>{{ alarm.owner || texts.alarm_nobody }}</dd></div>
      </dl>
      <p v-if="alarm.clearedMs" class="fine">{{ fill(texts.alarm_over, { at: moment(locale, alarm.clearedMs) }) }}</p>
      <section class="panel advice" v-if="alarm.advice">
        <h2>{{ texts.alarm_advice }}</h2>
        <p>{{ alarm.advice }}</p>
        <p v-if="alarm.told" class="hint">{{ texts.alarm_told }}: <span :lang="alarm.toldLang">{{ alarm.told }}</span></p>
        <nav class="links"><a v-for="one in links" :key="one.href" :href="one.href">{{ one.name }}</a></nav>
      </section>
      <section class="panel" v-else><p :lang="alarm.toldLang">{{ alarm.told }}</p><nav class="links"><a v-for="one in links" :key="one.href" :href="one.href">{{ one.name }}</a></nav></section>
      <section class="panel" v-if="reports.length" aria-labelledby="alarm-reports">
        <h2 id="alarm-reports">{{ texts.alarm_reports }}</h2>
        <ul class="reports">
          <li v-for="one in reports" :key="one.id">
            <p><strong>{{ one.kind }}</strong> <small>{{ moment(locale, one.atMs) }}<template v-if="one.sign">, {{ one.sign }}</template></small></p>
            <q>{{ one.text }}</q>
            <p v-if="one.contact">{{ texts.alarm_report_contact }}: {{ one.contact }}</p>
            <button type="button" class="quiet" @click="$emit('dealt', { id: one.id })">{{ texts.alarm_report_done }}</button>
          </li>
        </ul>
      </section>
      <section class="panel" aria-labelledby="alarm-steps" v-if="alarm.mayAct">
        <h2 id="alarm-steps" class="sr">{{ texts.alarm_go }}</h2>
        <div class="bulk-head">
          <button v-for="one in steps" :key="one" type="button" class="quiet" :aria-pressed="step === one" @click="open(one)">{{ texts["alarm_do_" + one] }}</button>
        </div>
        <step-form v-if="step" ref="form" :key="step" :texts="texts" :step="step" :people="people" :user="user"
          :draft-key="'gangvakt-alarm-' + alarm.id" :sending="sending" focus @go="go" @cancel="step = null"></step-form>
        <p v-if="said" :class="said.bad ? 'form-error' : 'fine'" :role="said.bad ? 'alert' : 'status'">{{ said.text }}</p>
      </section>
      <p class="hint" v-else>{{ texts.alarm_read_only }}</p>
      <section class="panel" aria-labelledby="alarm-history">
        <h2 id="alarm-history">{{ texts.alarm_history }}</h2>
        <ol class="steps">
          <li v-for="one in history" :key="one.key" :class="one.kind">
            <time :datetime="iso(one.atMs)">{{ moment(locale, one.atMs) }}</time>
            <span><strong>{{ one.who }}</strong>: {{ said_of(one) }}
            <q v-if="one.text" :lang="one.lang">{{ one.text }}</q></span>
          </li>
        </ol>
      </section>
    </article>
  `,
  data: () => ({ now: Date.now(), step: null, sending: false, said: null }),
  computed: {
    stands() {
      const { stateText, takenBy, untilMs } = this.alarm;
      return [stateText, takenBy && fill(this.texts.alarm_by, { who: takenBy }), this.until(untilMs)].filter(Boolean).join(" ");
    },
  },
  watch: {
    nowMs() {
      this.restart();
    },
    /** A step that fits no more is closed; what was written for it stays for the next. */
    steps() {
      if (!this.steps.includes(this.step)) this.step = null;
    },
  },
  mounted() {
    this.restart();
    this.timer = setInterval(() => (this.now = this.nowMs + performance.now() - this.startedMs), TICK_MS);
    if (localStorage.getItem(`gangvakt-alarm-${this.alarm.id}`)) this.step = "comment";
  },
  unmounted() {
    clearInterval(this.timer);
  },
  methods: {
    age, fill, iso, moment,
    restart() {
      this.startedMs = performance.now();
      this.now = this.nowMs;
    },
    until(ms) {
      return ms ? fill(this.texts.alarm_until, { at: moment(this.locale, ms) }) : "";
    },
    said_of(step) {
      const to = step.to === undefined ? "" : `: ${step.to || this.texts.alarm_nobody}`;
      return [step.word + to, this.until(step.untilMs)].filter(Boolean).join(" ");
    },
    open(step) {
      this.step = this.step === step ? null : step;
      this.said = null;
    },
    go(told) {
      this.sending = true;
      this.$emit("step", { ...told, alarms: [{ id: this.alarm.id, changedMs: this.alarm.changedMs }] });
    },
    answered({ done, refused }) {
      this.sending = false;
      if (done) {
        this.$refs.form?.clear();
        this.step = null;
        this.said = { text: this.texts.alarm_done };
      } else this.said = { bad: true, text: refusal(this.locale, refused[0]) };
    },
  },
};

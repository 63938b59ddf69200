/** The form of one step. What was typed stays in the browser until the step is done. */
const MINUTES = [30, 120, 480, 1440, 10080, 43200];
const USUAL_MINUTES = 120;
const LONGEST_NOTE = 1000;

export const StepForm = {
  props: { texts: Object, step: String, people: Array, user: String, draftKey: String, sending: Boolean, focus: Boolean },
  emits: ["go", "cancel"],
  template: `
    <form class="step-form" @submit.prevent="go">
      <p class="hint">{{ texts["alarm_say_" + step] }}</p>
      <label v-if="step === 'suspend'">{{ texts.alarm_for }}
        <select v-model.number="minutes">
          <option v-for="one in choices" :key="one" :value="one">{{ texts["alarm_min_" + one] }}</option>
        </select>
      </label>
      <label v-if="step === 'assign'">{{ texts.alarm_to }}
        <span class="to-whom">
          <input v-model.trim="to" :list="draftKey + '-people'" maxlength="64" autocomplete="off">
          <button type="button" class="quiet" @click="to = user">{{ texts.alarm_to_me }}</button>
        </span>
        <datalist :id="draftKey + '-people'"><option v-for="one in people" :key="one" :value="one"></option></datalist>
      </label>
      <label>{{ texts.alarm_note }}
        <textarea ref="note" v-model="text" :maxlength="longest" rows="2" :placeholder="texts.alarm_note_hint"
          :required="step === 'comment'" @keydown.ctrl.enter="$event.target.form.requestSubmit()"></textarea>
      </label>
      <div class="form-foot">
        <button type="submit" :disabled="sending">{{ sending ? texts.alarm_sending : texts["alarm_do_" + step] }}</button>
        <button type="button" class="quiet" @click="$emit('cancel')">{{ texts.cancel }}</button>
        <slot></slot>
      </div>
    </form>
  `,
  data: () => ({ text: "", to: "", minutes: USUAL_MINUTES, choices: MINUTES, longest: LONGEST_NOTE }),
  watch: {
    draftKey() {
      this.text = this.kept();
    },
    text(value) {
      if (value) localStorage.setItem(this.draftKey, value);
      else localStorage.removeItem(this.draftKey);
    },
  },
  mounted() {
    this.text = this.kept();
    if (this.focus) this.$el.querySelector("select, input, textarea").focus();
  },
  methods: {
    kept() {
      return localStorage.getItem(this.draftKey) || "";
    },
    go() {
      const told = { step: this.step, text: this.text };
      if (this.step === "suspend") told.minutes = this.minutes;
      if (this.step === "assign") told.to = this.to;
      this.$emit("go", told);
    },
    /** The step is done: what was written stands in the history. */
    clear() {
      this.text = "";
      this.to = "";
    },
  },
};

/** Buttons for people and for what goes wrong. What becomes of an order is told by the street itself. */
const PATIENCE_MS = 5000;
const PEOPLE = ["walk", "run", "stop", "go"];

export default {
  props: { texts: Object, signs: Array, faults: Array, standing: Array },
  emits: ["order"],
  template: `
    <section class="street-desk" v-if="faults.length" aria-labelledby="street-desk-title">
      <h2 id="street-desk-title">{{ texts.street_do_title }}</h2>
      <p class="hint">{{ texts.street_do_hint }}</p>
      <div class="desk-row" role="group" :aria-label="texts.street_do_people">
        <strong>{{ texts.street_do_people }}</strong>
        <button v-for="one in people" :key="one" type="button" class="quiet" :disabled="waiting" @click="order({ order: one })">{{ texts["street_do_" + one] }}</button>
      </div>
      <div v-for="sign in signs" :key="sign" class="desk-row" role="group" :aria-label="texts.street_do_sign.replace('{sign}', sign)" :data-sign="sign">
        <strong>{{ texts.street_do_sign.replace("{sign}", sign) }}</strong>
        <button v-for="one in faults" :key="one.name" type="button" class="quiet" :disabled="waiting" @click="order({ order: 'fault', sign, fault: one.name })">{{ one.text }}</button>
        <button type="button" class="quiet" :disabled="waiting || !of(sign).length" @click="order({ order: 'mend', sign })">{{ texts.street_do_mend }}</button>
        <span class="standing" role="status"><span v-for="one in of(sign)" :key="one.text">⚠ {{ one.text }} {{ one.leftS }} s</span></span>
      </div>
      <p v-if="said" :class="said.ok ? 'fine' : 'form-error'" :role="said.ok ? 'status' : 'alert'">{{ said.ok ? texts.street_do_done : said.why }}</p>
    </section>
  `,
  data: () => ({ people: PEOPLE, waiting: false, said: null }),
  unmounted() {
    clearTimeout(this.patience);
  },
  methods: {
    of(sign) {
      return this.standing.filter((one) => one.sign === sign);
    },
    order(told) {
      this.waiting = true;
      this.said = null;
      clearTimeout(this.patience);
      this.patience = setTimeout(() => this.heard({ ok: false, why: this.texts.street_do_mute }), PATIENCE_MS);
      this.$emit("order", told);
    },
    heard(fate) {
      clearTimeout(this.patience);
      this.waiting = false;
      this.said = fate;
    },
  },
};

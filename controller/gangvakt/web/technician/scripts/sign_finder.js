/** A field for a name, the signs that have it, and those that were opened last in this browser. */
const RECENT = "gangvakt-job-recent";

export default {
  props: { texts: Object, asked: String, found: Array, none: String },
  emits: ["find"],
  template: `
    <section class="finder" aria-labelledby="finder-title">
      <h1 id="finder-title">{{ texts.job_title }}</h1>
      <p class="hint">{{ texts.job_qr_hint }}</p>
      <form @submit.prevent="find" role="search">
        <label>{{ texts.job_name }}
          <input v-model="text" type="search" inputmode="text" autocapitalize="none" autocomplete="off" spellcheck="false"
            maxlength="200" :placeholder="texts.job_name_hint" @input="findSoon">
        </label>
        <button type="submit" class="big">{{ texts.job_find }}</button>
      </form>
      <p v-if="none && !found.length" class="form-error" role="status">{{ none }}</p>
      <ul class="big-links" v-if="found.length" :aria-label="texts.job_found">
        <li v-for="one in found" :key="one.href"><a :href="one.href"><strong>{{ one.name }}</strong><small>{{ one.site }}</small></a></li>
      </ul>
      <template v-else-if="recent.length && !text">
        <h2>{{ texts.job_recent }}</h2>
        <ul class="big-links">
          <li v-for="one in recent" :key="one"><a :href="'/job/' + one"><strong>{{ one.split("/")[2] }}</strong><small>{{ one.split("/").slice(0, 2).join("/") }}</small></a></li>
        </ul>
      </template>
    </section>
  `,
  data: () => ({ text: "", recent: [] }),
  mounted() {
    this.text = this.asked;
    this.recent = JSON.parse(localStorage.getItem(RECENT) || "[]");
  },
  unmounted() {
    clearTimeout(this.soon);
  },
  methods: {
    findSoon() {
      clearTimeout(this.soon);
      this.soon = setTimeout(() => this.find(), 350);
    },
    find() {
      clearTimeout(this.soon);
      this.$emit("find", { text: this.text });
    },
  },
};

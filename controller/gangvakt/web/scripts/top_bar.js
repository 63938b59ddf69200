/**
 * Name, way home, pages, state of the connection, language, log-out. Marks the page's body while the controller is away,
 * and brings back what was typed when the page had to be made anew.
 */
import { Line, Typed } from "gangvakt-typed";

const LOOK_EVERY_MS = 400;
const GRACE_LOOKS = 5; // the connection is made only after the page is drawn

export default {
  props: { texts: Object, languages: Array, home: Boolean, links: Array, alarms: Number, user: String },
  emits: ["typed"],
  template: `
    <header class="top-bar">
      <a class="skip" href="#content">{{ texts.skip }}</a>
      <a class="brand" href="/" :aria-current="home ? 'page' : null">
        <img src="/assets/favicon.svg" alt="" width="36" height="36" />
        <span>Gangvakt<small>{{ texts.tagline }}</small></span>
      </a>
      <span class="spring"></span>
      <a v-if="alarms" class="bar-alarms" href="/alarms" :aria-label="texts.alarms_open_n.replace('{n}', alarms)"
         :title="texts.alarms_open_n.replace('{n}', alarms)">⚠ {{ alarms }}</a>
      <button type="button" class="quiet menu-button" :aria-expanded="String(open)" aria-controls="bar-menu" @click="open = !open">☰ {{ texts.menu }}</button>
      <div id="bar-menu" class="bar-menu" :class="{ open }" @keydown.esc="open = more = false">
        <nav class="pages" v-if="links.length" :aria-label="texts.pages">
          <a v-for="one in daily" :key="one.href" :href="one.href" :aria-current="one.current ? 'page' : null">{{ one.name }}</a>
          <span class="more" v-if="rest.length">
            <button type="button" class="more-button" :class="{ current: rest.some((one) => one.current) }" :aria-expanded="String(more)"
              aria-controls="bar-more" @click="more = !more">{{ texts.more }} ▾</button>
            <span id="bar-more" class="more-links" :class="{ open: more }">
              <a v-for="one in rest" :key="one.href" :href="one.href" :aria-current="one.current ? 'page' : null">{{ one.name }}</a>
            </span>
          </span>
        </nav>
        <span class="link-state" :class="{ lost }" v-if="!lost"><i></i>{{ texts.link_live }}</span>
        <nav class="languages" :aria-label="texts.language">
          <a v-for="one in languages" :key="one.code" :href="one.href" :lang="one.code"
             :aria-current="one.current ? 'true' : null">{{ one.name }}</a>
        </nav>
        <form method="post" action="/logout" @submit="forget"><button class="quiet" type="submit">{{ texts.log_out }}</button></form>
      </div>
    </header>
    <p class="link-lost" role="alert" v-if="lost">{{ texts.link_lost }}</p>
    <div class="typed-back" v-if="back">
      <p role="status">{{ texts.typed_back }}<template v-if="back.homeless.length"> {{ texts.typed_homeless }}</template></p>
      <dl v-if="back.homeless.length">
        <template v-for="one in back.homeless" :key="one.label"><dt>{{ one.label }}</dt><dd>{{ one.value }}</dd></template>
      </dl>
      <button type="button" class="quiet" @click="forgetHomeless">{{ texts.typed_seen }}</button>
    </div>
  `,
  data: () => ({ lost: false, open: false, more: false, back: null }),
  computed: {
    daily() {
      return this.links.filter((one) => !one.more);
    },
    rest() {
      return this.links.filter((one) => one.more);
    },
  },
  mounted() {
    this.looks = 0;
    this.typed = new Typed(this.user);
    this.kept = this.typed.kept();
    this.elsewhere = (event) => {
      if (!event.target.closest?.(".more")) this.more = false;
    };
    document.addEventListener("click", this.elsewhere);
    this.timer = setInterval(() => this.look(), LOOK_EVERY_MS);
    setTimeout(() => this.begin(window.socket)); // the socket is made right after all that the page shows
  },
  unmounted() {
    clearInterval(this.timer);
    document.removeEventListener("click", this.elsewhere);
  },
  methods: {
    begin(socket) {
      this.line = new Line(socket);
      this.typed.follow(socket);
      if (this.kept.length) this.$emit("typed", this.kept);
    },
    /** What was typed stands in its fields again, but for those at the places `missing`. */
    putBack(missing, changed) {
      const homeless = this.typed.putBack(this.kept, missing);
      if (changed || homeless.length) this.back = { homeless };
    },
    forget() {
      this.typed.forget();
    },
    forgetHomeless() {
      this.typed.forgetHomeless();
      this.back = null;
    },
    look() {
      this.looks += 1;
      const connected = Boolean(window.socket?.connected);
      this.lost = !connected && this.looks > GRACE_LOOKS;
      document.body.classList.toggle("is-cut-off", this.lost);
    },
  },
};

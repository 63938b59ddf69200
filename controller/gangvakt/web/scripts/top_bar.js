/** Name, way home, pages, state of the connection, language, log-out. Marks the page's body while the controller is away. */
const LOOK_EVERY_MS = 400;
const GRACE_LOOKS = 5; // the connection is made only after the page is drawn

export default {
  props: { texts: Object, languages: Array, home: Boolean, links: Array },
  template: `
    <header class="top-bar">
      <a class="skip" href="#content">{{ texts.skip }}</a>
      <a class="brand" href="/" :aria-current="home ? 'page' : null">
        <img src="/assets/favicon.svg" alt="" width="36" height="36" />
        <span>Gangvakt<small>{{ texts.tagline }}</small></span>
      </a>
      <span class="spring"></span>
      <nav class="pages" v-if="links.length">
        <a v-for="one in links" :key="one.href" :href="one.href" :aria-current="one.current ? 'page' : null">{{ one.name }}</a>
      </nav>
      <span class="link-state" :class="{ lost }" v-if="!lost"><i></i>{{ texts.link_live }}</span>
      <nav class="languages" :aria-label="texts.language">
        <a v-for="one in languages" :key="one.code" :href="one.href" :lang="one.code"
           :aria-current="one.current ? 'true' : null">{{ one.name }}</a>
      </nav>
      <form method="post" action="/logout"><button class="quiet" type="submit">{{ texts.log_out }}</button></form>
    </header>
    <p class="link-lost" role="alert" v-if="lost">{{ texts.link_lost }}</p>
  `,
  data: () => ({ lost: false }),
  mounted() {
    this.looks = 0;
    this.timer = setInterval(() => this.look(), LOOK_EVERY_MS);
  },
  unmounted() {
    clearInterval(this.timer);
  },
  methods: {
    look() {
      this.looks += 1;
      const connected = Boolean(window.socket?.connected);
      this.lost = !connected && this.looks > GRACE_LOOKS;
      document.body.classList.toggle("is-cut-off", this.lost);
    },
  },
};

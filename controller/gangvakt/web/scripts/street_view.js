/** The frame around a street: label, scale bar, legend, counts, and a note when the picture is old. */
import { Street } from "gangvakt-street";

const STALE_AFTER_MS = 2000;
const WORDS_EVERY_MS = 250;

export default {
  props: { texts: Object, scene: Object, empty: Array, link: String },
  template: `
    <div class="empty" v-if="!scene && empty"><strong>{{ empty[0] }}</strong><p>{{ empty[1] }}</p></div>
    <figure class="street" :class="{ stale: note }" v-if="scene">
      <div class="street-frame">
        <canvas ref="canvas" role="img" :aria-label="fill('street_of', 'name', scene.name)"></canvas>
        <div class="street-title">
          <h2>{{ scene.name }}</h2><span class="badge">{{ texts.simulated }}</span>
          <span class="spring"></span>
          <a v-if="link" class="badge" :href="link">{{ texts.open_street }}</a>
        </div>
        <p class="street-note" role="status"><span v-if="note">{{ note }}</span></p>
        <div class="scale" aria-hidden="true"><i :style="{ width: bar.pixels + 'px' }"></i>{{ bar.metres }} m</div>
      </div>
      <figcaption>
        <span class="count people">{{ fill("people_n", "n", counts.people) }}</span>
        <span class="count cars">{{ fill("cars_n", "n", counts.cars) }}</span>
        <span class="count lit">{{ texts.flashing }}: {{ counts.flashing.join(", ") || "–" }}</span>
        <span class="spring"></span>
        <ul class="legend">
          <li><i class="person"></i>{{ texts.legend_person }}</li>
          <li><i class="car"></i>{{ texts.legend_car }}</li>
          <li><i class="fan"></i>{{ texts.legend_fan }}</li>
          <li><i class="lamp"></i>{{ texts.legend_lamp }}</li>
        </ul>
      </figcaption>
    </figure>
  `,
  data: () => ({ note: "", bar: { metres: 5, pixels: 0 }, counts: { people: 0, cars: 0, flashing: [] } }),
  watch: {
    scene() {
      this.$nextTick(() => this.begin());
    },
  },
  mounted() {
    if (this.scene) this.begin();
  },
  unmounted() {
    cancelAnimationFrame(this.frame);
    this.observer?.disconnect();
  },
  methods: {
    push(world) {
      this.street?.push(world);
    },
    begin() {
      if (this.street) return this.street.setScene(this.scene);
      this.street = new Street(this.$refs.canvas, this.texts);
      this.street.setScene(this.scene);
      this.observer = new ResizeObserver(() => this.layOut());
      this.observer.observe(this.$refs.canvas);
      this.saidMs = 0;
      this.layOut();
      this.paint();
    },
    layOut() {
      this.street.layOut();
      this.bar = this.street.scaleBar();
    },
    paint() {
      this.frame = requestAnimationFrame(() => this.paint());
      const summary = this.street.paint();
      const now = performance.now();
      if (now - this.saidMs < WORDS_EVERY_MS) return;
      this.saidMs = now;
      this.say(summary);
    },
    /** Words change only when they differ, so that the page is not laid out anew for nothing. */
    say(summary) {
      if (summary && JSON.stringify(summary) !== JSON.stringify(this.counts)) this.counts = summary;
      const silence = this.street.silence_ms();
      if (silence === Infinity) this.note = this.texts.street_waiting;
      else if (silence > STALE_AFTER_MS) this.note = this.fill("street_stale", "n", Math.floor(silence / 1000));
      else this.note = "";
    },
    fill(key, name, value) {
      return this.texts[key].replace(`{${name}}`, value);
    },
  },
};

/** The kerb line and the sensor of one sign, drawn over the ways that people went. Metres; y towards the top. */
const HANDLES = ["kerb_a", "kerb_b", "sensor"];
const LEAST_MARGIN_M = 5;
const ROAD_M = 8; // drawn behind the kerb line, as wide as two lanes
const STEP_M = 0.1;
const LEAPS = 10; // steps, with the shift key
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowDown: [0, -1], ArrowUp: [0, 1] };

export default {
  props: { texts: Object, places: Object, azimuth: Number, trails: Array, limit: Number },
  template: `
    <div class="zone">
      <svg ref="svg" :viewBox="view" role="group" :aria-label="texts.zone_drawn" @pointermove="drag" @pointerup="drop" @pointerleave="drop">
        <polygon class="zone-road" :points="road"></polygon>
        <polyline v-for="trail in trails" class="zone-trail" :points="trail.map(dot).join(' ')"></polyline>
        <line class="zone-kerb" :x1="now.kerb_a[0]" :y1="-now.kerb_a[1]" :x2="now.kerb_b[0]" :y2="-now.kerb_b[1]"></line>
        <line class="zone-beam" :x1="now.sensor[0]" :y1="-now.sensor[1]" :x2="beam[0]" :y2="-beam[1]"></line>
        <g v-for="name in handles" :key="name" class="zone-handle" :class="name" tabindex="0" role="slider"
           :aria-label="texts['zone_' + name]" :aria-valuetext="spoken(name)" aria-valuenow="0"
           @pointerdown="take($event, name)" @keydown="nudge($event, name)">
          <circle :cx="now[name][0]" :cy="-now[name][1]" :r="radius"></circle>
          <text :x="now[name][0] + 1.4 * radius" :y="-now[name][1] - radius" :font-size="2 * radius">{{ texts['zone_' + name + '_short'] }}</text>
        </g>
      </svg>
      <div class="zone-fields">
        <fieldset v-for="name in handles" :key="name">
          <legend>{{ texts['zone_' + name] }}</legend>
          <label v-for="axis in [0, 1]">{{ "xy"[axis] }}
            <input type="number" step="0.1" :min="-limit" :max="limit" v-model.number="now[name][axis]" @change="tell"> m
          </label>
        </fieldset>
        <fieldset>
          <legend>{{ texts.zone_azimuth }}</legend>
          <label><input type="number" step="1" min="-360" max="360" v-model.number="turn" @change="tell" :aria-label="texts.zone_azimuth"> °</label>
        </fieldset>
      </div>
    </div>
  `,
  data() {
    return { now: structuredClone(this.raw(this.places)), turn: this.azimuth, handles: HANDLES, taken: null };
  },
  computed: {
    bounds() {
      const points = [...Object.values(this.raw(this.places)), ...this.trails.flat()];
      const xs = points.map((point) => point[0]);
      const ys = points.map((point) => point[1]);
      const margin = LEAST_MARGIN_M;
      const [left, right] = [Math.min(...xs) - margin, Math.max(...xs) + margin];
      const [low, high] = [Math.min(...ys) - margin, Math.max(...ys) + margin];
      return { left, top: -high, width: right - left, height: high - low };
    },
    view() {
      const { left, top, width, height } = this.bounds;
      return `${left} ${top} ${width} ${height}`;
    },
    radius() {
      return Math.max(this.bounds.width, this.bounds.height) / 60;
    },
    /** The roadway lies to the right of the way from a to b. */
    road() {
      const [a, b] = [this.now.kerb_a, this.now.kerb_b];
      const length = Math.hypot(b[0] - a[0], b[1] - a[1]) || 1;
      const out = [((b[1] - a[1]) / length) * ROAD_M, (-(b[0] - a[0]) / length) * ROAD_M];
      const far = (point) => [point[0] + out[0], point[1] + out[1]];
      return [a, b, far(b), far(a)].map(this.dot).join(" ");
    },
    beam() {
      const angle = (this.turn * Math.PI) / 180;
      return [this.now.sensor[0] + 3 * Math.cos(angle), this.now.sensor[1] + 3 * Math.sin(angle)];
    },
  },
  methods: {
    raw: (value) => JSON.parse(JSON.stringify(value)),
    dot: (point) => `${point[0]},${-point[1]}`,
    spoken(name) {
      const [x, y] = this.now[name];
      return `x ${x.toFixed(1)} m, y ${y.toFixed(1)} m`;
    },
    take(event, name) {
      this.taken = name;
      event.currentTarget.focus();
      this.$refs.svg.setPointerCapture(event.pointerId);
      event.preventDefault();
    },
    drag(event) {
      if (!this.taken) return;
      const place = new DOMPoint(event.clientX, event.clientY).matrixTransform(this.$refs.svg.getScreenCTM().inverse());
      this.put(this.taken, place.x, -place.y);
    },
    drop() {
      if (this.taken) this.tell();
      this.taken = null;
    },
    nudge(event, name) {
      const way = ARROWS[event.key];
      if (!way) return;
      event.preventDefault();
      const step = STEP_M * (event.shiftKey ? LEAPS : 1);
      this.put(name, this.now[name][0] + way[0] * step, this.now[name][1] + way[1] * step);
      this.tell();
    },
    put(name, x, y) {
      const within = (value) => Math.min(this.limit, Math.max(-this.limit, Math.round(value * 100) / 100));
      this.now[name] = [within(x), within(y)];
    },
    tell() {
      this.$emit("change", { ...this.raw(this.now), azimuth: this.turn });
    },
  },
};

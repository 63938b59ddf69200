/** A street seen from above on a canvas. Give it a scene once and a world message ten times a second. */
import { paintActors } from "./actors.js";
import { fitFrame, middle } from "./frame.js";
import { paintGround } from "./ground.js";
import { Motion } from "./motion.js";
import { paintFans, paintGlow, paintSigns, placeSigns } from "./signs.js";

const FLASHING_WITHIN_S = 1.5; // longer than the dark part of any pattern
const SCALE_STEPS_M = [1, 2, 5, 10, 20, 50];
const SCALE_LEAST_PX = 44;

export class Street {
  /** `words` has `flashing` and `dark`, the states under a sign's name. */
  constructor(canvas, words) {
    this.canvas = canvas;
    this.context = canvas.getContext("2d");
    this.ground = document.createElement("canvas");
    this.words = words;
    this.motion = new Motion();
    this.scene = null;
    this.frame = null;
  }

  setScene(scene) {
    this.scene = scene;
    this.layOut();
  }

  push(world) {
    this.motion.push(world, performance.now());
  }

  silence_ms() {
    return this.motion.silence_ms(performance.now());
  }

  /** Fits the picture to the size that the canvas has on the page and paints the ground anew. */
  layOut() {
    const { clientWidth: width, clientHeight: height } = this.canvas;
    if (!this.scene || !width || !height) return;
    const sharpness = Math.min(window.devicePixelRatio || 1, 2);
    for (const canvas of [this.canvas, this.ground]) {
      canvas.width = Math.round(width * sharpness);
      canvas.height = Math.round(height * sharpness);
      canvas.getContext("2d").setTransform(sharpness, 0, 0, sharpness, 0, 0);
    }
    this.frame = fitFrame(this.scene.bounds, middle(this.scene.crossing), width, height);
    this.places = placeSigns(this.scene);
    paintGround(this.ground.getContext("2d"), this.frame, this.scene);
  }

  /** Paints the street as it was a moment ago and returns {people, cars, flashing}, or null without a scene. */
  paint() {
    if (!this.frame) return null;
    const { context, frame, scene, places, motion } = this;
    const now = motion.at(performance.now()) ?? { t_s: 0, actors: [], lamps: {} };
    context.drawImage(this.ground, 0, 0, frame.width, frame.height);
    paintFans(context, frame, scene.signs);
    paintGlow(context, frame, places, now.lamps);
    paintActors(context, frame, now.actors, (id) => motion.trail(id, now.t_s));
    paintSigns(context, frame, places, now.lamps, (name) => this.stateOf(name, now.t_s));
    return this.summary(now);
  }

  stateOf(name, t_s) {
    const flashing = this.motion.flashed(name, t_s, FLASHING_WITHIN_S);
    return { flashing, text: flashing ? this.words.flashing : this.words.dark };
  }

  summary({ t_s, actors }) {
    const cars = actors.filter((actor) => actor.kind === "car").length;
    const flashing = this.scene.signs.map((sign) => sign.sign).filter((name) => this.stateOf(name, t_s).flashing);
    return { people: actors.length - cars, cars, flashing };
  }

  /** A round length for the scale bar: {metres, pixels}. */
  scaleBar() {
    const scale = this.frame?.scale ?? 1;
    const metres = SCALE_STEPS_M.find((step) => step * scale >= SCALE_LEAST_PX) ?? SCALE_STEPS_M.at(-1);
    return { metres, pixels: Math.round(metres * scale) };
  }
}

/** Sound and browser notifications for new alarms, as chosen in this browser. */
const KEY = "gangvakt-alarm-alerts";
const TONES_HZ = [660, 880]; // rising: it is not the sound of any common office program
const TONE_S = 0.18;
const LOUDNESS = 0.12;

export class Alerts {
  constructor(texts) {
    this.texts = texts;
    this.known = null; // alarms that were there when the page was opened are no news
    this.chosen = { sound: false, notify: false, ...JSON.parse(localStorage.getItem(KEY) || "{}") };
    this.context = null;
  }

  /** Keeps the choice; false where the browser does not allow it. */
  async choose(name, wanted) {
    this.chosen[name] = wanted;
    if (name === "notify" && wanted && (await this.permission()) !== "granted") this.chosen.notify = false;
    if (name === "sound" && wanted) await this.play();
    localStorage.setItem(KEY, JSON.stringify(this.chosen));
    return this.chosen[name] === wanted;
  }

  /** Whether the browser waits for a click before it plays anything. */
  get isMute() {
    return this.chosen.sound && navigator.userActivation?.hasBeenActive === false;
  }

  /** `unheeded` are all alarms that nobody has taken; those that are new since the last time are told. */
  tell(unheeded) {
    const fresh = this.known ? unheeded.filter((one) => !this.known.has(one.id)) : [];
    this.known = new Set(unheeded.map((one) => one.id));
    if (!fresh.length) return fresh;
    if (this.chosen.sound && !this.isMute) this.play();
    if (this.chosen.notify) this.notify(fresh);
    return fresh;
  }

  async permission() {
    if (!("Notification" in window)) return "denied";
    return Notification.permission === "default" ? Notification.requestPermission() : Notification.permission;
  }

  notify(fresh) {
    if (!("Notification" in window) || Notification.permission !== "granted") return;
    for (const one of fresh.slice(0, 3)) {
      const told = new Notification(one.title, { body: one.where, tag: `gangvakt-${one.id}` });
      told.onclick = () => {
        window.focus();
        window.location.assign(`/alarms/${one.id}`);
      };
    }
  }

  async play() {
    this.context ||= new AudioContext();
    await this.context.resume();
    TONES_HZ.forEach((tone, index) => {
      const voice = this.context.createOscillator();
      const volume = this.context.createGain();
      const from = this.context.currentTime + index * TONE_S;
      voice.frequency.value = tone;
      volume.gain.setValueAtTime(LOUDNESS, from);
      volume.gain.exponentialRampToValueAtTime(0.001, from + TONE_S);
      voice.connect(volume).connect(this.context.destination);
      voice.start(from);
      voice.stop(from + TONE_S);
    });
  }
}

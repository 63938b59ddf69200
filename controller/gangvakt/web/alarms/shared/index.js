/** What the queue and the page of one alarm have in common. */
export { StepForm } from "./step_form.js";
export { Alerts } from "./alerts.js";

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** The age in one figure with its unit, as a person says it. */
export function age(texts, sinceMs, nowMs) {
  const passed = Math.max(0, nowMs - sinceMs);
  if (passed < MINUTE_MS) return fill(texts.seconds_ago, { n: Math.floor(passed / SECOND_MS) });
  if (passed < HOUR_MS) return fill(texts.minutes_ago, { n: Math.floor(passed / MINUTE_MS) });
  if (passed < 2 * DAY_MS) return fill(texts.hours_ago, { n: Math.floor(passed / HOUR_MS) });
  return fill(texts.days_ago, { n: Math.floor(passed / DAY_MS) });
}

/** Day and time of day in the reader's zone. */
export function moment(locale, utcMs) {
  const when = new Date(utcMs);
  const time = when.toLocaleTimeString(locale, { hour: "2-digit", minute: "2-digit" });
  return `${when.toLocaleDateString(locale, { day: "numeric", month: "short", year: "numeric" })} ${time}`;
}

export function iso(utcMs) {
  return new Date(utcMs).toISOString();
}

export function fill(text, values) {
  return text.replace(/{(\w+)}/g, (whole, name) => (name in values ? values[name] : whole));
}

/** A refusal with the time of what came first, in the reader's zone. */
export function refusal(locale, refused) {
  return refused.atMs ? fill(refused.text, { at: moment(locale, refused.atMs) }) : refused.text;
}

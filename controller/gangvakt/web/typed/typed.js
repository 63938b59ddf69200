/**
 * What stands in the page's fields otherwise than it came, for the same page when it is made anew: after a connection
 * that was lost for too long, a controller that started again, a session that ended. Of one person, in one tab.
 * Never what is secret.
 */
const PREFIX = "gangvakt-typed ";
const DRAFTS = /^gangvakt-(alarm|job)-(?!recent)/; // of areas that keep their texts themselves
const LAST_USER = "gangvakt-user";
const VALUES = { "update:modelValue": "model-value", "update:value": "value" };
const SECRET_KINDS = ["one-time-code", "new-password", "current-password"];

export class Typed {
  constructor(user) {
    this.user = user;
    this.values = new Map(); // by the element's number
    this.first = new Map();
    this.homeless = []; // of fields that this page does not have now
    this.isTurnedAway = false;
    this.isWhole = false; // what was kept before this page is in it again, and may be kept anew
    forgetOthers(user);
    window.addEventListener("pagehide", () => this.leave());
  }

  /** Follows what goes to the controller, and what it makes of it. */
  follow(socket) {
    const emit = socket.emit;
    socket.emit = (name, message, ...rest) => {
      if (name === "event") this.heard(message);
      return emit.call(socket, name, message, ...rest);
    };
    socket.prependAny((name, message) => {
      if (name === "update") this.updated(message);
      if (name === "run_javascript" && message.code === "history.go(0)") this.isTurnedAway = true;
    });
    this.socket = socket;
  }

  /** Fields as [label, which of that label, value], to be put back into the page that was just made. */
  kept() {
    const kept = JSON.parse(sessionStorage.getItem(this.key) || "null");
    const isReload = performance.getEntriesByType("navigation")[0]?.type === "reload";
    if (!kept || (kept.isLeft && !isReload)) {
      sessionStorage.removeItem(this.key);
      this.isWhole = true;
      return [];
    }
    return kept.fields;
  }

  /** `fields` stand in the page again, but for those at the places `missing`. */
  putBack(fields, missing) {
    const found = new Map(named().map(([id, label, nth]) => [`${nth} ${label}`, id]));
    fields.forEach(([label, nth, value], at) => {
      const id = found.get(`${nth} ${label}`);
      if (missing.includes(at) || id === undefined) this.homeless.push([label, nth, value]);
      else this.values.set(id, value);
    });
    this.isWhole = true;
    this.keep();
    return this.homeless.map(([label, , value]) => ({ label, value: shown(value) }));
  }

  forgetHomeless() {
    this.homeless = [];
    this.keep();
  }

  /** At a log-out. */
  forget() {
    this.values.clear();
    this.homeless = [];
    forgetAll();
  }

  get key() {
    return PREFIX + window.location.pathname + window.location.search;
  }

  heard({ id, listener_id, args }) {
    const element = mounted_app.elements[id];
    const event = element?.events.find((one) => one.listener_id === listener_id);
    if (!event || !(event.type in VALUES) || !labelOf(element) || isSecret(element)) return;
    if (!this.first.has(String(id))) this.first.set(String(id), JSON.stringify(element.props[VALUES[event.type]]));
    this.values.set(String(id), JSON.parse(args[0] ?? "null"));
    this.keep();
  }

  /** What the controller makes of fields, before the page has it; nothing stands in for what it leaves out. */
  updated(elements) {
    for (const [id, element] of Object.entries(elements)) {
      const prop = element && VALUES[valueEvent(element)?.type];
      const isAdded = element?.props?.["data-added"] && !(id in mounted_app.elements);
      if (!this.values.has(id) && !isAdded) continue;
      if (!prop) this.values.delete(id);
      else if (!element.preserved_props?.includes(prop)) this.values.set(id, element.props?.[prop]);
    }
    setTimeout(() => this.keep());
  }

  keep(more = {}) {
    if (!this.isWhole) return;
    const isAsItCame = (id) => this.first.get(id) === JSON.stringify(this.values.get(id));
    const own = named().filter(([id]) => this.values.has(id) && !isAsItCame(id));
    const fields = [...own.map(([id, label, nth]) => [label, nth, this.values.get(id)]), ...this.homeless];
    if (fields.length) sessionStorage.setItem(this.key, JSON.stringify({ user: this.user, fields, ...more }));
    else sessionStorage.removeItem(this.key);
  }

  /** Who goes elsewhere by himself has left what he typed, unless he only loads the page again. */
  leave() {
    if (this.socket?.connected && !this.isTurnedAway) this.keep({ isLeft: true });
  }
}

function forgetAll() {
  for (const store of [sessionStorage, localStorage]) {
    for (const key of Object.keys(store)) if (key.startsWith(PREFIX) || DRAFTS.test(key)) store.removeItem(key);
  }
}

/** Somebody else sits here now, perhaps after a session that ended by itself. */
function forgetOthers(user) {
  const others = Object.keys(sessionStorage).filter((key) => key.startsWith(PREFIX) && userOf(key) !== user);
  if (others.length || (localStorage.getItem(LAST_USER) ?? user) !== user) forgetAll();
  localStorage.setItem(LAST_USER, user);
}

function userOf(key) {
  return JSON.parse(sessionStorage.getItem(key)).user;
}

/** [number, label, which of that label] of each element with a value, as the page has them from top to bottom. */
function named() {
  const seen = {};
  return Object.entries(mounted_app.elements)
    .filter(([, element]) => valueEvent(element))
    .map(([id, element]) => {
      const label = labelOf(element);
      seen[label] = (seen[label] ?? -1) + 1;
      return [id, label, seen[label]];
    });
}

/** A box to tick has its words as text. */
function labelOf({ props, text }) {
  return props.label || text || "";
}

function valueEvent(element) {
  return element.events?.find((event) => event.type in VALUES);
}

function isSecret({ props }) {
  return props.type === "password" || SECRET_KINDS.includes(props.autocomplete);
}

function shown(value) {
  const one = (part) => (part && typeof part === "object" ? part.label : String(part ?? ""));
  return Array.isArray(value) ? value.map(one).join(", ") : one(value);
}

/** The rows of the overview, as `overview/rows.py` makes them, kept outside of Vue: there may be ten thousand. */
export const MARKS = { in_service: 1, silent: 2, unproved: 4, shadow: 8, updating: 16, off_by_day: 32, faulty: 64 };

/** What is counted; each is a filter too. */
export const COUNTS = {
  in_service: (row) => row.marks & MARKS.in_service,
  silent: (row) => row.marks & MARKS.silent,
  alarm: (row) => row.alarms > 0,
  unproved: (row) => row.marks & MARKS.unproved,
  shadow: (row) => row.marks & MARKS.shadow,
  updating: (row) => row.marks & MARKS.updating,
  off_by_day: (row) => row.marks & MARKS.off_by_day,
};

/** What needs a hand comes first. */
function urgency(row) {
  if (row.marks & MARKS.silent) return 0;
  if (row.alarms) return 1;
  if (row.marks & (MARKS.unproved | MARKS.faulty)) return 2;
  if (row.marks & MARKS.updating) return 3;
  return 4;
}

export function fits(row, wanted) {
  if (wanted.place && row.municipality !== wanted.place) return false;
  if (wanted.show && !COUNTS[wanted.show](row)) return false;
  return !wanted.search || row.found.includes(wanted.search.toLowerCase());
}

export class Signs {
  constructor() {
    this.version = -1;
    this.byId = new Map();
    this.sites = {};
    this.nowS = 0;
  }

  /** All of them anew. */
  take({ version, nowS, rows, sites }) {
    this.byId.clear();
    this.sites = sites;
    for (const row of rows) this.put(row);
    this.version = version;
    this.heardAt(nowS);
  }

  /** What changed; false where something between is missing, and all has to be fetched. */
  patch({ from, version, nowS, rows, gone }) {
    if (version <= this.version) return true;
    if (from > this.version) return false;
    for (const row of rows) {
      if (!this.byId.has(row[0]) && !(row[0].slice(0, row[0].lastIndexOf("/")) in this.sites)) return false;
      this.put(row);
    }
    for (const id of gone) this.byId.delete(id);
    this.version = version;
    this.heardAt(nowS);
    return true;
  }

  put([id, state, marks, alarms, seenS]) {
    const held = this.byId.get(id);
    if (held) {
      Object.assign(held, { state, marks, alarms, seenS });
      held.urgency = urgency(held);
      return;
    }
    const [municipality, , name] = id.split("/");
    const siteId = id.slice(0, id.lastIndexOf("/"));
    const [title, place] = this.sites[siteId] ?? [siteId, null];
    const found = `${id} ${title}`.toLowerCase();
    const row = { id, municipality, siteId, name, title, place, found, state, marks, alarms, seenS };
    row.urgency = urgency(row);
    this.byId.set(id, row);
  }

  heardAt(nowS) {
    this.nowS = nowS;
    this.heardMs = performance.now();
  }

  /** The controller's time now, in s. */
  now() {
    return this.nowS + (performance.now() - (this.heardMs ?? performance.now())) / 1000;
  }

  /** The rows that fit, what needs a hand first, then by name. */
  wanted(filter) {
    const rows = [];
    for (const row of this.byId.values()) if (fits(row, filter)) rows.push(row);
    return rows.sort((a, b) => a.urgency - b.urgency || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
  }

  counts(place) {
    const counts = Object.fromEntries(Object.keys(COUNTS).map((key) => [key, 0]));
    let all = 0;
    for (const row of this.byId.values()) {
      if (place && row.municipality !== place) continue;
      all += 1;
      for (const key in COUNTS) if (COUNTS[key](row)) counts[key] += 1;
    }
    return { all, ...counts };
  }

  municipalities() {
    return [...new Set([...this.byId.values()].map((row) => row.municipality))].sort();
  }
}

/** The filters in the address: who gets the link sees the same, and the back button goes back. */
import { COUNTS } from "./signs.js";

const LONGEST = 64;

export function readAddress() {
  const told = new URLSearchParams(location.search);
  const show = told.get("show") ?? "";
  return {
    search: (told.get("q") ?? "").slice(0, LONGEST),
    place: (told.get("in") ?? "").slice(0, LONGEST),
    show: show in COUNTS ? show : "",
  };
}

/** `replace`: while somebody types, each letter is no step back. */
export function writeAddress({ search, place, show }, replace) {
  const told = new URLSearchParams();
  if (search) told.set("q", search);
  if (place) told.set("in", place);
  if (show) told.set("show", show);
  const address = told.size ? `${location.pathname}?${told}` : location.pathname;
  if (address === location.pathname + location.search) return;
  history[replace ? "replaceState" : "pushState"](history.state, "", address);
}

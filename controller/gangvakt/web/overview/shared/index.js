/** What the overview is made of, apart from its drawing. */
export { MARKS, COUNTS, Signs, fits } from "./signs.js";
export { readAddress, writeAddress } from "./address.js";
export { TownMap } from "./map.js";

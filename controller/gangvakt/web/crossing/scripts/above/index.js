/** A crossing from above in the plane of its kerb: the road is up, the pavement with the sign below. */
export { fitAbove, paintAbove, sharpened } from "./ground.js";
export { paintTrail, paintMark } from "./marks.js";

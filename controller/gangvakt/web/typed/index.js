export { Line } from "./line.js";
export { Typed, forgetAll } from "./typed.js";

export { Line } from "./line.js";
export { Typed } from "./typed.js";

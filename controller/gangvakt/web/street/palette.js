/** Colours and drawn sizes of the street. Sizes are metres in the street, with a least size in CSS pixels. */
export const COLOURS = {
  ground: "#1a2628",
  square: "#30373e", // around a crossing of which the scene tells nothing else
  snow: "#dfeaf0",
  asphalt: "#2b3138",
  asphaltEdge: "#20252b",
  wheelTrack: "#343b43",
  pavement: "#566069",
  pavementJoint: "#4a535c",
  kerb: "#a9b4bc",
  stripe: "#eef2f4",
  centreLine: "#e0b84c",
  tree: "#22403a",
  treeLight: "#2f564d",
  ice: "#8fd0f2",
  lamp: "#ffb52e",
  lampDark: "#4a3a1c",
  housing: "#11161b",
  signBlue: "#1d5fa8",
  label: "#eaf1f6",
  labelBack: "rgba(10, 16, 22, 0.72)",
  rim: "rgba(12, 18, 24, 0.9)",
  shadow: "rgba(0, 0, 0, 0.35)",
};

export const COATS = ["#e0705a", "#5fb0d8", "#d9c067", "#7fc29b", "#c58fd0", "#e8e3d8"];
export const CAR_PAINTS = ["#8fa3b3", "#b7483e", "#e4e7ea", "#3f6a8a", "#5c6670", "#42705c"];

export const SIZES = {
  person_m: 0.78,
  person_least_px: 9,
  cyclist_m: 1.75,
  car_length_m: 4.4,
  car_width_m: 1.8,
  sign_m: 1.1,
  sign_least_px: 17,
  glow_m: 4.2,
  stripe_m: 0.5,
};

/** A colour of `list` that stays with the name `id`. */
export function colourOf(id, list) {
  let sum = 7;
  for (const letter of String(id)) sum = (sum * 31 + letter.codePointAt(0)) % 9973;
  return list[sum % list.length];
}

/** Parts of the page of a job. */
export { WalkPicture } from "./walk_picture.js";
export { blobOf, smaller } from "./photo.js";

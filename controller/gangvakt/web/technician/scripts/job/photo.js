/** A telephone's photo, made small enough for a bad connection. */
const LONGEST_EDGE_PX = 1600; // more is not kept anyway
const QUALITY = 0.8;

/** A JPEG as a data URL; rejects for what the browser cannot draw. */
export async function smaller(file) {
  const picture = await createImageBitmap(file);
  const scale = Math.min(1, LONGEST_EDGE_PX / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(picture.width * scale));
  canvas.height = Math.max(1, Math.round(picture.height * scale));
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  return canvas.toDataURL("image/jpeg", QUALITY);
}

/** The bytes of a data URL in Base64. */
export function blobOf(url) {
  const bytes = Uint8Array.from(atob(url.split(",")[1]), (char) => char.charCodeAt(0));
  return new Blob([bytes], { type: "image/jpeg" });
}

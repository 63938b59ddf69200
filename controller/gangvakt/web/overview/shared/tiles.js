/** Tiles of the server that the settings name; without one nothing is fetched. */
const TILE_PX = 256;
const HIGHEST_ZOOM = 19;
const KEPT = 200;

export class Tiles {
  constructor({ url }, arrived) {
    this.url = url;
    this.arrived = arrived;
    this.images = new Map();
  }

  draw(context, view, width, height) {
    const zoom = Math.max(0, Math.min(HIGHEST_ZOOM, Math.round(Math.log2(view.scale / TILE_PX))));
    const count = 2 ** zoom;
    const size = view.scale / count;
    const left = view.x * view.scale - width / 2;
    const top = view.y * view.scale - height / 2;
    for (let row = Math.floor(top / size); row * size < top + height; row++) {
      for (let column = Math.floor(left / size); column * size < left + width; column++) {
        if (row < 0 || row >= count) continue;
        const image = this.image(zoom, ((column % count) + count) % count, row);
        if (image.complete && image.naturalWidth) context.drawImage(image, column * size - left, row * size - top, size, size);
      }
    }
  }

  image(zoom, x, y) {
    const url = this.url.replace("{z}", zoom).replace("{x}", x).replace("{y}", y);
    let image = this.images.get(url);
    if (image) return image;
    image = new Image();
    image.onload = this.arrived;
    image.src = url;
    this.images.set(url, image);
    if (this.images.size > KEPT) this.images.delete(this.images.keys().next().value);
    return image;
  }
}

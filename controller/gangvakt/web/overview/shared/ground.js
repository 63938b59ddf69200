/** The municipality's own map: areas, lines and names of its GeoJSON, in quiet colours. */
const UNIT = 2 ** 20; // paths hold larger numbers than the world's 0..1, which single precision would blur

export function groundPaths(geojson, project) {
  const [areas, lines, origin] = [new Path2D(), new Path2D(), originOf(geojson, project)];
  const names = [];
  const along = (path, points, close) => {
    points.forEach((point, index) => {
      const [x, y] = project(point);
      const at = [(x - origin[0]) * UNIT, (y - origin[1]) * UNIT];
      if (index) path.lineTo(...at);
      else path.moveTo(...at);
    });
    if (close) path.closePath();
  };
  const add = (geometry) => {
    if (!geometry) return;
    const { type, coordinates } = geometry;
    if (type === "LineString") along(lines, coordinates, false);
    else if (type === "MultiLineString") coordinates.forEach((one) => along(lines, one, false));
    else if (type === "Polygon") coordinates.forEach((one) => along(areas, one, true));
    else if (type === "MultiPolygon") coordinates.flat().forEach((one) => along(areas, one, true));
    else if (type === "GeometryCollection") geometry.geometries.forEach(add);
  };
  for (const { geometry, properties } of geojson.features) {
    add(geometry);
    if (geometry?.type === "Point" && properties?.name) names.push({ at: project(geometry.coordinates), name: properties.name });
  }
  return { areas, lines, origin, names };
}

export function drawGround(context, ground, view, [width, height, ratio], colour) {
  const scale = (view.scale / UNIT) * ratio;
  const left = (ground.origin[0] - view.x) * view.scale + width / 2;
  const top = (ground.origin[1] - view.y) * view.scale + height / 2;
  context.setTransform(scale, 0, 0, scale, left * ratio, top * ratio);
  context.fillStyle = colour.raised;
  context.fill(ground.areas, "evenodd");
  context.strokeStyle = colour.line;
  context.lineJoin = "round";
  context.lineWidth = (2 * ratio) / scale;
  context.stroke(ground.areas);
  context.lineWidth = (3 * ratio) / scale;
  context.stroke(ground.lines);
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.fillStyle = colour.muted;
  context.font = "12px Roboto, system-ui, sans-serif";
  context.textAlign = "center";
  for (const { at, name } of ground.names) {
    context.fillText(name, (at[0] - view.x) * view.scale + width / 2, (at[1] - view.y) * view.scale + height / 2);
  }
}

function originOf(geojson, project) {
  let found = null;
  const look = (value) => {
    if (found || !Array.isArray(value)) return;
    if (typeof value[0] === "number") found = value;
    else value.forEach(look);
  };
  geojson.features.forEach(({ geometry }) => look(geometry?.coordinates));
  return project(found ?? [0, 0]);
}

/* Shows the part of the photo that the question stands on, upright. */

const MARGIN = 0.02;
const MAX_WIDTH_PX = 1400;

/**
 * Replaces the photo by its crop.
 *
 * @param {HTMLImageElement} image the whole photo, loaded or loading
 * @param {{x: number, y: number, width: number, height: number}} box on the upright photo
 * @param {number} rotationDeg clockwise degrees that make the photo upright
 */
export async function showCrop(image, box, rotationDeg) {
  try {
    await image.decode();
  } catch {
    return; // the photo is gone; its alternative text stands there
  }
  const quarters = (((Math.round(rotationDeg / 90) % 4) + 4) % 4) * 90;
  const isSideways = quarters % 180 !== 0;
  const uprightWidth = isSideways ? image.naturalHeight : image.naturalWidth;
  const uprightHeight = isSideways ? image.naturalWidth : image.naturalHeight;
  const left = Math.max(0, box.x - MARGIN) * uprightWidth;
  const top = Math.max(0, box.y - MARGIN) * uprightHeight;
  const width = Math.min(1, box.x + box.width + MARGIN) * uprightWidth - left;
  const height = Math.min(1, box.y + box.height + MARGIN) * uprightHeight - top;

  const canvas = document.createElement("canvas");
  const scale = Math.min(1, MAX_WIDTH_PX / width);
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", image.alt);
  const context = canvas.getContext("2d");
  context.scale(scale, scale);
  context.translate(uprightWidth / 2 - left, uprightHeight / 2 - top);
  context.rotate((quarters * Math.PI) / 180);
  context.drawImage(image, -image.naturalWidth / 2, -image.naturalHeight / 2);
  const shown = image.parentElement.querySelector("canvas");
  shown?.remove();
  image.hidden = true;
  image.after(canvas);
}

/* The frame that a student drags around the question: pointer, touch and keyboard, on a photo
   that can be turned in quarter turns. Positions are fractions of the turned photo. */

const SMALLEST = 0.05;
const KEY_STEP = 0.02;
const CANVAS_LONG_SIDE_PX = 1600;
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

const clamp = (value, low, high) => Math.min(Math.max(value, low), high);

/** The frame when nobody has found a question yet: most of the photo. */
const WHOLE = { x: 0.06, y: 0.06, width: 0.88, height: 0.88 };

/** Turns a box with the photo by a quarter turn, clockwise when `degrees` is 90. */
function turnedBox({ x, y, width, height }, degrees) {
  return degrees === 90
    ? { x: 1 - y - height, y: x, width: height, height: width }
    : { x: y, y: 1 - x - width, width: height, height: width };
}

export class Cropper {
  /**
   * @param {HTMLElement} root holds a canvas and a `[data-frame]` with four `[data-handle]`
   * @param {(box: object) => void} onMoved after a move by keyboard, to be told to the person
   */
  constructor(root, onMoved) {
    this.root = root;
    this.canvas = root.querySelector("canvas");
    this.frame = root.querySelector("[data-frame]");
    this.onMoved = onMoved;
    this.image = null;
    this.box = WHOLE;
    this.rotationDeg = 0;
    this.isTouched = false;
    this.isProposed = false;
    this.frame.addEventListener("pointerdown", (event) => this.grab(event));
    this.frame.addEventListener("keydown", (event) => this.pressKey(event));
  }

  /** Shows a photo with the default frame. */
  show(image) {
    this.image = image;
    this.box = WHOLE;
    this.rotationDeg = 0;
    this.isTouched = false;
    this.isProposed = false;
    this.draw();
  }

  /** The frame that was found or drawn; null while it stands where it stood by itself. */
  get choice() {
    if (!this.isTouched && !this.isProposed) return null;
    return { box: this.box, rotationDeg: this.rotationDeg };
  }

  /** Puts the frame where a question was found, unless the person has already begun. */
  propose({ box, rotationDeg }) {
    if (this.isTouched) return;
    this.isProposed = true;
    this.rotationDeg = (((Math.round(rotationDeg / 90) * 90) % 360) + 360) % 360;
    this.draw();
    const margin = 0.015;
    const x = clamp(box.x - margin, 0, 1);
    const y = clamp(box.y - margin, 0, 1);
    this.root.classList.add("cropper--settling");
    this.place({
      x,
      y,
      width: clamp(box.x + box.width + margin, x + SMALLEST, 1) - x,
      height: clamp(box.y + box.height + margin, y + SMALLEST, 1) - y,
    });
  }

  /** Turns photo and frame together. */
  rotate(degrees) {
    this.isTouched = true;
    this.root.classList.remove("cropper--settling");
    this.rotationDeg = (this.rotationDeg + degrees + 360) % 360;
    this.box = turnedBox(this.box, degrees);
    this.draw();
  }

  draw() {
    const { image, canvas, rotationDeg } = this;
    const scale = Math.min(1, CANVAS_LONG_SIDE_PX / Math.max(image.naturalWidth, image.naturalHeight));
    const width = Math.round(image.naturalWidth * scale);
    const height = Math.round(image.naturalHeight * scale);
    const isSideways = rotationDeg % 180 !== 0;
    canvas.width = isSideways ? height : width;
    canvas.height = isSideways ? width : height;
    const context = canvas.getContext("2d");
    context.translate(canvas.width / 2, canvas.height / 2);
    context.rotate((rotationDeg * Math.PI) / 180);
    context.drawImage(image, -width / 2, -height / 2, width, height);
    this.root.style.setProperty("--photo-ratio", String(canvas.width / canvas.height));
    this.place(this.box);
  }

  place(box) {
    this.box = box;
    const { style } = this.frame;
    style.left = `${box.x * 100}%`;
    style.top = `${box.y * 100}%`;
    style.width = `${box.width * 100}%`;
    style.height = `${box.height * 100}%`;
  }

  /** Moves one corner, or the whole frame when `corner` is empty, by fractions of the photo. */
  move(start, corner, dx, dy) {
    if (!corner) {
      this.place({
        ...start,
        x: clamp(start.x + dx, 0, 1 - start.width),
        y: clamp(start.y + dy, 0, 1 - start.height),
      });
      return;
    }
    let left = start.x;
    let top = start.y;
    let right = start.x + start.width;
    let bottom = start.y + start.height;
    if (corner.includes("w")) left = clamp(left + dx, 0, right - SMALLEST);
    else right = clamp(right + dx, left + SMALLEST, 1);
    if (corner.includes("n")) top = clamp(top + dy, 0, bottom - SMALLEST);
    else bottom = clamp(bottom + dy, top + SMALLEST, 1);
    this.place({ x: left, y: top, width: right - left, height: bottom - top });
  }

  grab(event) {
    if (event.button !== 0) return;
    event.preventDefault();
    const corner = event.target.dataset.handle ?? "";
    (corner ? event.target : this.frame).focus({ preventScroll: true });
    this.isTouched = true;
    this.root.classList.remove("cropper--settling");
    const start = this.box;
    const bounds = this.canvas.getBoundingClientRect();
    const onMove = (moved) => {
      this.move(
        start,
        corner,
        (moved.clientX - event.clientX) / bounds.width,
        (moved.clientY - event.clientY) / bounds.height,
      );
    };
    const release = new AbortController();
    const { signal } = release;
    this.frame.setPointerCapture(event.pointerId);
    this.frame.addEventListener("pointermove", onMove, { signal });
    this.frame.addEventListener("pointerup", () => release.abort(), { signal });
    this.frame.addEventListener("pointercancel", () => release.abort(), { signal });
  }

  pressKey(event) {
    const arrow = ARROWS[event.key];
    if (!arrow || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    this.isTouched = true;
    this.root.classList.remove("cropper--settling");
    const corner = event.target.dataset.handle ?? (event.shiftKey ? "se" : "");
    this.move(this.box, corner, arrow[0] * KEY_STEP, arrow[1] * KEY_STEP);
    this.onMoved(this.box);
  }
}

/* The photo on the review page: zoom, turn and move it, by mouse, fingers or keys. */

const STEP = 1.25;
const MAX_ZOOM = 8;
const MOVE_PX = 60;

export class Viewer {
  /** @param {HTMLElement} root with a `[data-frame]` that holds the `[data-image]` */
  constructor(root) {
    this.frame = root.querySelector("[data-frame]");
    this.image = root.querySelector("[data-image]");
    this.zoom = 1;
    this.quarters = 0;
    this.x = 0;
    this.y = 0;
    this.pointers = new Map();
    const on = (name, run) => root.querySelector(name).addEventListener("click", run);
    root.querySelector("[data-viewer-tools]").hidden = false;
    on("[data-zoom-in]", () => this.zoomBy(STEP));
    on("[data-zoom-out]", () => this.zoomBy(1 / STEP));
    on("[data-rotate-left]", () => this.turn(-1));
    on("[data-rotate-right]", () => this.turn(1));
    on("[data-zoom-reset]", () => this.reset());
    this.frame.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    this.frame.addEventListener("pointerdown", (event) => this.down(event));
    this.frame.addEventListener("pointermove", (event) => this.drag(event));
    for (const name of ["pointerup", "pointercancel"]) {
      this.frame.addEventListener(name, (event) => this.pointers.delete(event.pointerId));
    }
    this.frame.addEventListener("dblclick", () => (this.zoom > 1 ? this.reset() : this.zoomBy(2.5)));
    this.frame.addEventListener("keydown", (event) => this.key(event));
    this.draw();
  }

  zoomBy(factor) {
    const zoom = Math.min(MAX_ZOOM, Math.max(1, this.zoom * factor));
    this.x *= zoom / this.zoom;
    this.y *= zoom / this.zoom;
    this.zoom = zoom;
    this.draw();
  }

  turn(by) {
    this.quarters = (this.quarters + by + 4) % 4;
    this.x = 0;
    this.y = 0;
    this.draw();
  }

  reset() {
    this.zoom = 1;
    this.x = 0;
    this.y = 0;
    this.draw();
  }

  moveBy(x, y) {
    this.x += x;
    this.y += y;
    this.draw();
  }

  wheel(event) {
    // Without a key the wheel scrolls the page, as everywhere.
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    this.zoomBy(event.deltaY < 0 ? STEP : 1 / STEP);
  }

  down(event) {
    if (this.zoom === 1 && event.pointerType !== "touch") return;
    this.pointers.set(event.pointerId, event);
    this.frame.setPointerCapture(event.pointerId);
  }

  drag(event) {
    const last = this.pointers.get(event.pointerId);
    if (!last) return;
    if (this.pointers.size === 2) {
      const other = [...this.pointers.values()].find((one) => one.pointerId !== event.pointerId);
      const distance = (one) => Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY);
      this.zoomBy(distance(event) / Math.max(1, distance(last)));
    } else if (this.zoom > 1) {
      this.moveBy(event.clientX - last.clientX, event.clientY - last.clientY);
    }
    this.pointers.set(event.pointerId, event);
  }

  key(event) {
    const moves = { ArrowLeft: [1, 0], ArrowRight: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
    const move = moves[event.key];
    if (!move || this.zoom === 1) return;
    event.preventDefault();
    this.moveBy(move[0] * MOVE_PX, move[1] * MOVE_PX);
  }

  draw() {
    const { clientWidth: width, clientHeight: height } = this.frame;
    // A photo that lies on its side must fit into the frame as well.
    const isSideways = this.quarters % 2 === 1;
    const shownWidth = this.image.clientWidth || width;
    const shownHeight = this.image.clientHeight || height;
    const fit = isSideways ? Math.min(width / shownHeight, height / shownWidth, 1) : 1;
    const reach = this.zoom * fit;
    const [w, h] = isSideways ? [shownHeight, shownWidth] : [shownWidth, shownHeight];
    const room = (size, frame) => Math.max(0, (size * reach - frame) / 2);
    this.x = Math.min(room(w, width), Math.max(-room(w, width), this.x));
    this.y = Math.min(room(h, height), Math.max(-room(h, height), this.y));
    this.image.style.transform =
      `translate(${this.x}px, ${this.y}px) rotate(${this.quarters * 90}deg) scale(${reach})`;
    this.frame.dataset.zoom = this.zoom.toFixed(2);
    this.frame.dataset.turned = String(this.quarters * 90);
  }
}

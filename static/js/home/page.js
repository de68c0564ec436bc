/* The page on which a question is handed in: choose a photo, frame the question, or type it. */

import { post, readJson, upload } from "../http.js";
import { renderMathIn } from "../math.js";
import { connectPreview } from "../preview.js";
import { fill } from "../words.js";
import { Cropper } from "./cropper.js";

const root = document.querySelector("[data-home]");
const words = readJson("words");
const find = (selector) => root.querySelector(selector);
const stages = [...root.querySelectorAll("[data-stage]")];

renderMathIn(root);

function showStage(name) {
  for (const stage of stages) stage.hidden = stage.dataset.stage !== name;
  for (const section of root.querySelectorAll("[data-about]")) section.hidden = name !== "choose";
  scrollTo({ top: 0 });
}

function showError(element, message) {
  element.hidden = !message;
  element.textContent = message ?? "";
}

/* --- Choosing a photo --------------------------------------------------------------------- */

const dropzone = find("[data-dropzone]");
const progress = find("[data-upload-progress]");
let isUploading = false;
let photo = null;

async function sendPhoto(file) {
  if (isUploading || !file) return;
  showError(find("[data-error]"), "");
  if (file.size > Number(root.dataset.maxBytes)) {
    showError(find("[data-error]"), words.tooLarge);
    return;
  }
  isUploading = true;
  dropzone.classList.add("dropzone--busy");
  find("[data-upload]").hidden = false;
  find("[data-upload-label]").textContent = words.sending;
  progress.value = 0;
  try {
    photo = await upload(root.dataset.uploadUrl, "photo", file, words, (share) => {
      if (share < 1) progress.value = share;
      else {
        // Sent; now the server looks at it, for a time that nobody knows.
        progress.removeAttribute("value");
        find("[data-upload-label]").textContent = words.looking;
      }
    });
    await showPhoto();
  } catch (failure) {
    showError(find("[data-error]"), failure.message);
  } finally {
    isUploading = false;
    dropzone.classList.remove("dropzone--busy");
    find("[data-upload]").hidden = true;
    for (const input of root.querySelectorAll("[data-file]")) input.value = "";
  }
}

for (const input of root.querySelectorAll("[data-file]")) {
  input.addEventListener("change", () => sendPhoto(input.files[0]));
}

const imageOf = (transfer) =>
  [...(transfer?.files ?? [])].find((file) => file.type.startsWith("image/")) ?? transfer?.files?.[0];

let depth = 0; // dragenter and dragleave also fire for every child
root.addEventListener("dragenter", (event) => {
  if (![...event.dataTransfer.types].includes("Files")) return;
  depth += 1;
  dropzone.classList.add("dropzone--over");
});
root.addEventListener("dragleave", () => {
  depth = Math.max(0, depth - 1);
  if (!depth) dropzone.classList.remove("dropzone--over");
});
root.addEventListener("dragover", (event) => event.preventDefault());
root.addEventListener("drop", (event) => {
  event.preventDefault();
  depth = 0;
  dropzone.classList.remove("dropzone--over");
  const file = imageOf(event.dataTransfer);
  if (file) {
    showStage("choose");
    sendPhoto(file);
  }
});
document.addEventListener("paste", (event) => {
  const file = imageOf(event.clipboardData);
  if (!file) return; // text goes where the cursor is
  event.preventDefault();
  showStage("choose");
  sendPhoto(file);
});

/* --- Framing the question ----------------------------------------------------------------- */

const percent = (share) => Math.round(share * 100);
let announceTimer = 0;
const cropper = new Cropper(find("[data-cropper]"), (box) => {
  clearTimeout(announceTimer);
  announceTimer = setTimeout(() => {
    find("[data-frame-status]").textContent = fill(words.framePosition, {
      left: percent(box.x),
      top: percent(box.y),
      width: percent(box.width),
      height: percent(box.height),
    });
  }, 400);
});

function loadImage(url) {
  return new Promise((resolve, reject) => {
    const image = new Image();
    image.addEventListener("load", () => resolve(image));
    image.addEventListener("error", () => reject(new Error(words.failed)));
    image.src = url;
  });
}

async function showPhoto() {
  const image = await loadImage(photo.image_url);
  const issues = photo.quality.is_good ? [] : photo.quality.issues;
  find("[data-advice]").hidden = issues.length === 0;
  find("[data-advice-list]").replaceChildren(
    ...issues.map(({ advice }) => {
      const item = document.createElement("li");
      item.textContent = advice;
      return item;
    }),
  );
  allowSolving(issues.length === 0);
  showError(find("[data-crop-error]"), "");
  showStage("crop");
  cropper.show(image);
  find("#crop-title").focus({ preventScroll: true });
  locate(photo);
}

function allowSolving(isAllowed) {
  find("[data-crop-tools]").hidden = !isAllowed;
  find("[data-crop-go]").hidden = !isAllowed;
  find("[data-cropper]").classList.toggle("cropper--waiting", !isAllowed);
  find("[data-frame]").hidden = !isAllowed;
  find("[data-crop-status]").hidden = !isAllowed;
}

async function locate(located) {
  const status = find("[data-crop-status]");
  status.textContent = words.locating;
  let found = null;
  try {
    found = await post(located.locate_url, {}, words);
  } catch {
    // The frame can be drawn by hand; nothing is lost.
  }
  if (located !== photo) return; // another photo was taken meanwhile
  if (found?.box) cropper.propose({ box: found.box, rotationDeg: found.rotation_deg });
  status.textContent = found?.box ? words.located : words.notLocated;
}

for (const button of root.querySelectorAll("[data-rotate]")) {
  button.addEventListener("click", () => cropper.rotate(Number(button.dataset.rotate)));
}
for (const button of root.querySelectorAll("[data-another]")) {
  button.addEventListener("click", () => {
    photo = null;
    showStage("choose");
    find("[data-file]").focus();
  });
}
find("[data-use-anyway]").addEventListener("click", () => {
  find("[data-advice]").hidden = true;
  allowSolving(true);
  find("[data-frame]").focus({ preventScroll: true });
});

/* --- Solving ------------------------------------------------------------------------------ */

const chosenLanguage = (form) => form.querySelector("[data-language-choice] input:checked").value;

async function solve(button, fields, errorElement) {
  button.disabled = true;
  showError(errorElement, "");
  try {
    const { url } = await post(root.dataset.solveUrl, fields, words);
    location.assign(url);
  } catch (failure) {
    button.disabled = false;
    showError(errorElement, failure.message);
  }
}

find("[data-solve]").addEventListener("click", (event) => {
  const fields = { photo: photo.id, language: chosenLanguage(find("[data-stage=crop]")) };
  // Without a choice the server looks at the whole photo, and for which way up it is.
  if (cropper.choice) {
    fields.crop = JSON.stringify(cropper.choice.box);
    fields.rotation_deg = cropper.choice.rotationDeg;
  }
  solve(event.currentTarget, fields, find("[data-crop-error]"));
});

const typed = find("[data-typed]");
const typedInput = typed.querySelector("input[name=text]");
const refreshPreview = connectPreview({
  input: typedInput,
  output: typed.querySelector("[data-preview]"),
  url: root.dataset.previewUrl,
  words,
});
typed.addEventListener("submit", (event) => {
  event.preventDefault();
  const fields = { text: typedInput.value, language: chosenLanguage(typed) };
  solve(typed.querySelector("button"), fields, typed.querySelector("[data-typed-error]"));
});

for (const button of root.querySelectorAll("[data-example]")) {
  button.addEventListener("click", () => {
    typedInput.value = button.dataset.example;
    typedInput.focus();
    refreshPreview();
  });
}

// Coming back with the browser's Back must not find a dead button.
addEventListener("pageshow", () => {
  for (const button of root.querySelectorAll("button:disabled")) button.disabled = false;
});

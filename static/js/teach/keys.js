/* Keys of the teachers' pages: single letters, never while somebody types or a dialog is open. */

const TYPING = "input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]";

/**
 * @param {Record<string, (event: KeyboardEvent) => void>} keys by `event.key`
 */
export function connectKeys(keys) {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (document.querySelector("dialog[open]")) return;
    if (event.target.closest?.(TYPING)) {
      if (event.key === "Escape") event.target.blur();
      return;
    }
    const run = keys[event.key];
    if (!run) return;
    event.preventDefault();
    run(event);
  });
}

/** Connects the list of keys with its buttons; returns what shows it. */
export function connectHelp() {
  const dialog = document.querySelector("[data-help]");
  const show = () => dialog.showModal();
  for (const button of document.querySelectorAll("[data-help-open]")) {
    button.hidden = false;
    button.addEventListener("click", show);
  }
  return show;
}

/**
 * The dialog that asks why something is rejected.
 *
 * @returns {(url: string, version: string, done: (answer: object) => void,
 *   post: (url: string, fields: object) => Promise<object>) => void} opens it
 */
export function connectRejectDialog() {
  const dialog = document.querySelector("[data-reject-dialog]");
  const form = dialog.querySelector("[data-reject-form]");
  const reason = form.querySelector("[name=reason]");
  const problem = form.querySelector("[data-dialog-error]");
  let current = null;
  for (const preset of dialog.querySelectorAll("[data-presets] button")) {
    preset.addEventListener("click", () => {
      reason.value = preset.textContent.trim();
      reason.focus();
    });
  }
  dialog.querySelector("[data-close]").addEventListener("click", () => dialog.close());
  dialog.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    problem.hidden = true;
    const button = form.querySelector("button:not([type])");
    button.disabled = true;
    try {
      const answer = await current.post(current.url, {
        version: current.version,
        reason: reason.value,
      });
      dialog.close();
      current.done(answer);
    } catch (failure) {
      if (current.failed?.(failure)) dialog.close();
      else {
        problem.hidden = false;
        problem.textContent = failure.message;
      }
    } finally {
      button.disabled = false;
    }
  });
  return (options) => {
    current = options;
    problem.hidden = true;
    reason.value = "";
    dialog.showModal();
    reason.focus();
  };
}

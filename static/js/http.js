/* Requests to our own server: with the form's CSRF token, answered in JSON, failures in words. */

/** A failure that can be shown to a person. `code` is the server's, or `offline`; `body` is all
 * that the server said. */
export class RequestError extends Error {
  constructor(code, message, status = 0, body = null) {
    super(message);
    this.code = code;
    this.status = status;
    this.body = body;
  }
}

export function csrfToken() {
  return document.querySelector("input[name=csrfmiddlewaretoken]").value;
}

/** Reads strings or data that the template left in a JSON block. */
export function readJson(id) {
  const element = document.getElementById(id);
  return element ? JSON.parse(element.textContent) : null;
}

function failureOf(status, body, words) {
  if (status === 401) {
    const { loginUrl } = document.body.dataset;
    location.assign(`${loginUrl}?next=${encodeURIComponent(location.pathname)}`);
  }
  if (body?.code) return new RequestError(body.code, body.message, status, body);
  if (status === 413) return new RequestError("body_too_large", words.tooLarge, status);
  if (status === 403) return new RequestError("stale_page", words.stale, status);
  return new RequestError("error", words.failed, status);
}

/** POSTs `fields`, an object or pairs of name and value, as a form. `words` holds the messages `failed`, `offline`,
 * `stale` and `tooLarge`. */
export async function post(url, fields, words, { signal } = {}) {
  let response;
  try {
    response = await fetch(url, {
      method: "POST",
      body: new URLSearchParams(fields),
      headers: { "X-CSRFToken": csrfToken(), Accept: "application/json" },
      credentials: "same-origin",
      signal,
    });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new RequestError("offline", words.offline);
  }
  const body = await response.json().catch(() => null);
  if (!response.ok || body === null) throw failureOf(response.status, body, words);
  return body;
}

/** POSTs a file with progress (0..1); fetch cannot tell how much has been sent. */
export function upload(url, field, file, words, onProgress) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", url);
    request.setRequestHeader("X-CSRFToken", csrfToken());
    request.setRequestHeader("Accept", "application/json");
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) onProgress(event.loaded / event.total);
    });
    request.addEventListener("load", () => {
      let body = null;
      try {
        body = JSON.parse(request.responseText);
      } catch {
        /* not JSON: an error page; told below by its status */
      }
      if (request.status < 300 && body) resolve(body);
      else reject(failureOf(request.status, body, words));
    });
    request.addEventListener("error", () => reject(new RequestError("offline", words.offline)));
    const form = new FormData();
    form.append(field, file);
    request.send(form);
  });
}

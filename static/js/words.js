/* Sentences come from the server as patterns in its own notation, `%(name)s`. */

/** Puts values into a pattern. */
export function fill(pattern, values) {
  return pattern.replace(/%\((\w+)\)s/g, (_, name) => values[name]);
}

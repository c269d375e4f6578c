/* Elements of a page from plain values; text is always text, never HTML. */

export function made(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (value === true) element.setAttribute(key, "");
    else if (value !== false && value != null) element.setAttribute(key, value);
  }
  element.append(...children.flat().filter((child) => child != null && child !== ""));
  return element;
}

/* Pieces of text, of which some are marked. */
export function withMarks(pieces) {
  return pieces.map(({ text, marked }) => (marked ? made("mark", {}, text) : text));
}

/* A sentence as the house writes them, with code between backticks. */
export function withCode(text) {
  return text.split("`").map((piece, place) => (place % 2 ? made("code", {}, piece) : piece));
}

export function counted(count, noun) {
  return `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;
}

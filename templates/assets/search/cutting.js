/* How text is cut into words, as `changenote/site/search/cutting.py` does it. */

import { folded } from "./query.js";

const LONGEST = 64;
const WORDS = /[\p{L}\p{N}]+/gu;
const ASCII = /^[\x00-\x7f]*$/;
const PARTS = /\p{Lo}|\P{Lo}+/gu; // each letter of a script without case is a word of its own

/* The words of what is looked for, which are side by side in what is found. */
export function wordsOf(text) {
  const runs = text.normalize("NFKC").match(WORDS) ?? [];
  return runs.flatMap((run) => (ASCII.test(run) ? [run] : run.match(PARTS))).map(cut).filter(Boolean);
}

const cut = (part) => Array.from(plain(part)).slice(0, LONGEST).join("");

/* Without case and accents. */
export function plain(text) {
  if (ASCII.test(text)) return text.toLowerCase();
  return folded(text).normalize("NFKD").replace(/\p{M}/gu, "").normalize("NFKC");
}

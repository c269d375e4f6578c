/* Words in the few texts at hand, as the start of a word, for a site without an index of all text.
   Answers as texts.js does, but for what only an index knows. */

import { folded } from "./query.js";

export class Titles {
  /* `texts` are one for each note: its title, and other short texts, each on a line. */
  constructor(texts) {
    this._texts = texts.map((lines) => lines.map(folded).join("\n"));
  }

  async find(words) {
    const wanted = words.map(folded);
    return this._texts.flatMap((text, number) =>
      wanted.every((word) => startOfWord(text, word) >= 0) ? [{ number, score: 1, excerpt }] : [],
    );
  }
}

const excerpt = async () => [];

/* Where a word starts that begins with `word`, in folded text; -1 when there is none. */
function startOfWord(text, word) {
  let place = text.indexOf(word);
  while (place > 0 && !startsAt(text, place)) place = text.indexOf(word, place + 1);
  return place;
}

const LETTER = /[\p{L}\p{N}]/u;
const WITHOUT_CASE = /\p{Lo}/u;

/* The rule of `find_word` in model/facts.py. */
function startsAt(text, place) {
  const [before, first] = [text[place - 1], text[place]];
  if (!LETTER.test(before) || !LETTER.test(first)) return true;
  return first > "\x7f" && (WITHOUT_CASE.test(before) || WITHOUT_CASE.test(first));
}

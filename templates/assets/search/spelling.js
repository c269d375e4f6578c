/* Words that were mistyped, and the known words nearest to them. */

import { folded } from "./query.js";

const WORD = /[\p{L}\p{N}]+/gu;
const LETTER = /\p{L}/u;
const LEAST = 3; // letters; what is shorter is near to too much
const LONG = 6; // from so many letters on, two may be wrong
const NEAR = 3; // words that one word is taken for
const TRIES = 6; // texts that one text is taken for

/* The words of a text between two places: [{word, start, end}]. */
export function wordsAt(text, start, end) {
  return [...text.slice(start, end).matchAll(WORD)].map(({ 0: word, index }) => ({
    word,
    start: start + index,
    end: start + index + word.length,
  }));
}

/* The texts that a text may mean: its unknown words, in the order of the text, as words near them. */
export function corrected(text, unknown, spelling) {
  return [...unknown].reverse().reduce(
    (texts, { word, start, end }) =>
      spelling
        .near(word)
        .flatMap((near) => texts.map((each) => each.slice(0, start) + near + each.slice(end)))
        .slice(0, TRIES),
    [text],
  );
}

export class Spelling {
  /* `texts` are [text, how often it is there]. */
  constructor(texts) {
    this._counts = new Map();
    this.add(texts);
  }

  add(texts) {
    for (const [text, count] of texts) {
      for (const [word] of folded(text).matchAll(WORD)) {
        if (isSpelled(word)) this._counts.set(word, (this._counts.get(word) ?? 0) + count);
      }
    }
  }

  /* The known words nearest to a word, and of those as near the most frequent first. One that
     begins with another one is found with it. */
  near(word) {
    const asked = folded(word);
    if (!isSpelled(asked)) return [];
    const most = asked.length < LONG ? 1 : 2;
    const found = [];
    for (const [known, count] of this._counts) {
      const far = Math.abs(known.length - asked.length) > most ? Infinity : distance(asked, known);
      if (far && far <= most) found.push({ known, far, count });
    }
    found.sort((one, other) => one.far - other.far || other.count - one.count);
    const words = found.map(({ known }) => known);
    return words.filter((each, n) => !words.slice(0, n).some((first) => each.startsWith(first))).slice(0, NEAR);
  }
}

/* What is too short, or a number, is not taken for another word. */
export const isSpelled = (word) => word.length >= LEAST && LETTER.test(word);

/* How many letters are wrong, missing, too many, or swapped with their neighbour (optimal string
   alignment). */
export function distance(one, other) {
  let [before, last] = [[], Array.from({ length: other.length + 1 }, (_, n) => n)];
  for (let i = 1; i <= one.length; i++) {
    const row = [i];
    for (let j = 1; j <= other.length; j++) {
      const isSame = one[i - 1] === other[j - 1];
      row[j] = Math.min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (isSame ? 0 : 1));
      const isSwapped = one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1];
      if (i > 1 && j > 1 && isSwapped) row[j] = Math.min(row[j], before[j - 2] + 1);
    }
    [before, last] = [last, row];
  }
  return last[other.length];
}

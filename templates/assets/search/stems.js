/* What is left of an English word without its ending, so that `caching` finds `cached`: the
   algorithm of M. F. Porter, "An algorithm for suffix stripping" (1980). */

const C = "(?:[^aeiouy]|(?<![^aeiou])y)";
const V = "(?:[aeiou]|(?<=[^aeiou])y)";
const MANY = new RegExp(`^${C}*${V}+${C}+`); // one vowel and consonant behind it, or more
const MORE = new RegExp(`^${C}*${V}+${C}+${V}+${C}+`);
const ONE = new RegExp(`^${C}*${V}+${C}+${V}*$`);
const VOWEL = new RegExp(V);
const SHORT = new RegExp(`^${C}+[aeiouy][^aeiouwxy]$`);
const DOUBLE = /([^aeioulsz])\1$/;

const LONG_ENDINGS = Object.entries({
  ational: "ate", tional: "tion", enci: "ence", anci: "ance", izer: "ize", bli: "ble", alli: "al",
  entli: "ent", eli: "e", ousli: "ous", ization: "ize", ation: "ate", ator: "ate", alism: "al",
  iveness: "ive", fulness: "ful", ousness: "ous", aliti: "al", iviti: "ive", biliti: "ble", logi: "log",
}); // prettier-ignore
const ENDINGS = Object.entries({
  icate: "ic", ative: "", alize: "al", iciti: "ic", ical: "ic", ful: "", ness: "",
}); // prettier-ignore
const LAST =
  /(?:al|ance|ence|er|ic|able|ible|ant|ement|ment|ent|(?<=[st])ion|ou|ism|ate|iti|ous|ive|ize)$/;

/* What may be typed of an ending: `cachi` is on the way to `caching`. */
const TYPED = ["ing", "ings", "ed", "es", "er", "ers", "ly", "ies", "ied", "ion", "ions", "ation", "ations", "ment"];

const known = new Map();

export function stem(word) {
  if (word.length < 3 || !/^[a-z]+$/.test(word)) return word;
  let found = known.get(word);
  if (found === undefined) {
    if (known.size > 50_000) known.clear();
    known.set(word, (found = stripped(word)));
  }
  return found;
}

/* The stems of the words that a word may become when the ending it breaks off in is typed. */
export function stemsAhead(word) {
  const found = new Set();
  for (const ending of TYPED) {
    for (let typed = 1; typed < ending.length; typed++) {
      const start = word.slice(0, -typed);
      if (start.length > 2 && word.endsWith(ending.slice(0, typed))) found.add(stem(start + ending));
    }
  }
  return found;
}

function stripped(whole) {
  let word = withoutPlural(whole);
  word = withoutPast(word);
  if (/y$/.test(word) && VOWEL.test(word.slice(0, -1))) word = `${word.slice(0, -1)}i`;
  word = replaced(word, LONG_ENDINGS);
  word = replaced(word, ENDINGS);
  const start = word.replace(LAST, "");
  if (start !== word && MORE.test(start)) word = start;
  if (word.endsWith("e")) {
    const rest = word.slice(0, -1);
    if (MORE.test(rest) || (ONE.test(rest) && !SHORT.test(rest))) word = rest;
  }
  return /ll$/.test(word) && MORE.test(word) ? word.slice(0, -1) : word;
}

function withoutPlural(word) {
  if (/(?:ss|i)es$/.test(word)) return word.slice(0, -2);
  return /[^s]s$/.test(word) ? word.slice(0, -1) : word;
}

function withoutPast(word) {
  if (word.endsWith("eed")) return MANY.test(word.slice(0, -3)) ? word.slice(0, -1) : word;
  const rest = word.replace(/(?:ed|ing)$/, "");
  if (rest === word || !VOWEL.test(rest)) return word;
  if (/(?:at|bl|iz)$/.test(rest)) return `${rest}e`;
  if (DOUBLE.test(rest)) return rest.slice(0, -1);
  return ONE.test(rest) && SHORT.test(rest) ? `${rest}e` : rest;
}

function replaced(word, endings) {
  for (const [ending, other] of endings) {
    if (!word.endsWith(ending)) continue;
    const rest = word.slice(0, -ending.length);
    return MANY.test(rest) ? rest + other : word;
  }
  return word;
}

/* The query language of `changenote list` and `changenote search`, in a browser: text → items with
   their places in the text, or a problem in the words of the command line.

   The keys come from facts.json, which the program writes: [{name, example, takes, choices, alias}].
   A test runs the same queries through both. */

const SPACE = "\\t-\\r\\x1c- \\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";
const SPACES = new RegExp(`[${SPACE}]+`, "u");
const CHEROKEE = /[\u13a0-\u13fd\uab70-\uabbf]/;

/* Text as it is compared: NFKC, without case, every run of white space one space. */
export function folded(text) {
  const known = /^[\x20-\x7e]*$/.test(text) ? text.toLowerCase() : withoutCase(text);
  return known.split(SPACES).filter(Boolean).join(" ");
}

function withoutCase(text) {
  return Array.from(text.normalize("NFKC"), caseless).join("").normalize("NFKC");
}

/* One letter at a time: JavaScript knows no case folding, and in a word its last sigma differs. */
function caseless(letter) {
  if (letter === "ı") return letter;
  if (CHEROKEE.test(letter)) return letter.toUpperCase();
  return Array.from(letter.toLowerCase().toUpperCase(), (part) => part.toLowerCase()).join("");
}

const at = (pattern) => new RegExp(pattern, "uy");
const GAP = at(`[${SPACE}]*`);
const MINUS = at(`-(?=[^${SPACE}-])`); // `--dry-run` is a word, `-dry-run` is not wanted
const KEY = at(
  `((?:[xX]\\.(?=[^${SPACE}:]))?[\\p{L}\\p{Nl}\\p{No}_][\\p{L}\\p{N}_-]*):(?!//|:)`,
);
const BARE = at(`[^${SPACE},]*`);
const WORD = at(`[^${SPACE}]*`);
const QUOTED = at('"((?:[^"\\\\]|\\\\"|\\\\(?!"))*)"');
const DAY = /^([0-9]{4})(?:-([0-9]{2}))?(?:-([0-9]{2}))?$/;
const BACK = /^-([0-9]{1,5})([dwmy])$/;
const OWN = "x";

class Refused extends Error {
  constructor(what, expected, hint = "") {
    super(what);
    this.problem = { what, expected, hint };
  }
}

/* {items, problem}: what a text asks for, or why it cannot be a query.

   An item has `type` ("term", "word" or "phrase"), `negated`, `start` and `end` in the text. A term
   has `key` and `values`: [{raw, value}], as typed and ready to be compared; a word or phrase has
   `text`, folded, and `raw`. `today` is "2026-11-22". */
export function parse(text, keys, today) {
  try {
    return { items: [...itemsOf(text, { named: namesOf(keys), keys, today })], problem: null };
  } catch (error) {
    if (error instanceof Refused) return { items: [], problem: error.problem };
    throw error;
  }
}

function namesOf(keys) {
  const named = new Map();
  for (const key of keys) {
    named.set(key.name, key);
    if (key.alias) named.set(key.alias, key);
  }
  return named;
}

function* itemsOf(text, asked) {
  let place = endOf(GAP, text, 0);
  while (place < text.length) {
    const item = itemAt(text, place, asked);
    yield item;
    place = endOf(GAP, text, item.end);
  }
}

function itemAt(text, start, asked) {
  const negated = matchAt(MINUS, text, start) !== null;
  const place = start + (negated ? 1 : 0);
  const found = matchAt(KEY, text, place);
  if (found) return { ...termAt(text, place, found, asked), negated, start };
  if (text[place] === '"') {
    const { raw, end } = quotedAt(text, place, "");
    return { type: "phrase", text: notEmpty(raw, text, place), raw, negated, start, end };
  }
  const end = endOf(WORD, text, place);
  const raw = text.slice(place, end);
  return { type: "word", text: notEmpty(raw, text, place), raw, negated, start, end };
}

function termAt(text, place, found, asked) {
  const dot = found[1].indexOf(".");
  const name = dot < 0 ? found[1] : found[1].slice(0, dot);
  const own = dot < 0 ? "" : found[1].slice(dot + 1);
  if (!own && folded(name) === OWN) {
    throw bad("x: needs the name of a field", text, place, "a name, such as x.ticket:ABC-1");
  }
  const key = keyNamed(name, text, place, asked);
  const { values, end } = valuesAt(text, place + found[0].length, key, asked);
  for (const each of values) if (own) each.value = `${folded(own)}=${truth(each.value)}`;
  return { type: "term", key: key.name, own, values, end };
}

function keyNamed(name, text, place, asked) {
  const key = asked.named.get(folded(name));
  if (key) return key;
  const known = asked.keys.map((each) => (each.name === OWN ? "x.NAME" : each.name)).join(", ");
  const start = Array.from(name).slice(0, 40).join("");
  const near = didYouMean(folded(start), [...asked.named.keys()]);
  const itself = `To find the text itself, quote it: "${shown(name)}:…"`;
  const hint = [near, itself].filter(Boolean).join(" ");
  throw bad(`unknown key ${shown(name)}:`, text, place, `one of ${known}`, hint);
}

const truth = (value) => ({ true: "yes", false: "no" })[value] ?? value;

function valuesAt(text, place, key, asked) {
  const values = [];
  for (;;) {
    const { raw, value, end } = valueAt(text, place, key);
    values.push({ raw, value: meant(value, text, place, key, asked.today) });
    if (text[end] !== ",") return { values, end };
    place = end + 1;
  }
}

function valueAt(text, place, key) {
  const quoted = text[place] === '"' ? quotedAt(text, place, ",") : null;
  const end = quoted ? quoted.end : endOf(BARE, text, place);
  const raw = quoted ? quoted.raw : text.slice(place, end);
  const value = folded(raw);
  if (value) return { raw, value, end };
  throw bad(
    `${key.name}: has no value`,
    text,
    place,
    `a value right behind it, such as ${key.example}`,
    "There is no space after `:` and `,`.",
  );
}

function quotedAt(text, place, then) {
  const quoted = matchAt(QUOTED, text, place);
  if (!quoted) throw bad("a quotation mark is never closed", text, place, 'a second "');
  const end = place + quoted[0].length;
  if (end < text.length && endOf(GAP, text, end) === end && text[end] !== then) {
    throw bad(
      "text goes on right behind a closing quotation mark",
      text,
      end,
      "a space",
      'A quotation mark inside quotation marks is written \\".',
    );
  }
  return { raw: quoted[1].replaceAll('\\"', '"'), end };
}

function notEmpty(raw, text, place) {
  const found = folded(raw);
  if (found) return found;
  throw bad("nothing between the quotation marks", text, place, "a word or a phrase");
}

function meant(value, text, place, key, today) {
  if (key.choices) return choiceOf(value, text, place, key);
  if (key.takes === "day") return dayOf(value, text, place, key, today);
  if (key.takes === "person" && value === "me") {
    throw bad(
      `${key.name}:me needs to know who you are`,
      text,
      place,
      `a name, such as ${key.example}`,
      "A page does not know who reads it.",
    );
  }
  return value;
}

function choiceOf(value, text, place, key) {
  const choice = value.replaceAll("-", "_");
  if (key.choices.includes(choice)) return choice;
  const near = didYouMean(Array.from(choice).slice(0, 40).join(""), key.choices);
  const expected = `one of ${key.choices.join(", ")}`;
  throw bad(`${key.name}: cannot be ${shown(value)}`, text, place, expected, near);
}

function dayOf(value, text, place, key, today) {
  const day = dayMeant(value, today);
  if (day) return day;
  throw bad(
    `${key.name}: cannot be ${shown(value)}`,
    text,
    place,
    "a day: 2026-10-01, 2026-10, 2026, -30d, -2w, -6m or -1y",
  );
}

function dayMeant(value, today) {
  const back = BACK.exec(value);
  if (back) return backFrom(today, Number(back[1]), back[2]);
  const day = DAY.exec(value);
  return day && isoDay(Number(day[1]), Number(day[2] ?? 1), Number(day[3] ?? 1));
}

function backFrom(today, count, unit) {
  const [year, month, day] = today.split("-").map(Number);
  if (unit === "d" || unit === "w") {
    const moved = utc(year, month, day);
    moved.setUTCDate(moved.getUTCDate() - count * (unit === "w" ? 7 : 1));
    return isoDay(moved.getUTCFullYear(), moved.getUTCMonth() + 1, moved.getUTCDate());
  }
  const months = year * 12 + month - 1 - count * (unit === "y" ? 12 : 1);
  const [then, first] = [Math.floor(months / 12), (((months % 12) + 12) % 12) + 1];
  return isoDay(then, first, Math.min(day, utc(then, first + 1, 0).getUTCDate()));
}

/* "2026-11-22"; null for a day that no calendar has. */
function isoDay(year, month, day) {
  const made = utc(year, month, day);
  const isThatDay = made.getUTCMonth() === month - 1 && made.getUTCDate() === day;
  if (!isThatDay || year < 1 || year > 9999) return null;
  return [String(year).padStart(4, "0"), two(month), two(day)].join("-");
}

const two = (number) => String(number).padStart(2, "0");

function utc(year, month, day) {
  const made = new Date(0);
  made.setUTCFullYear(year, month - 1, day); // Date.UTC takes the year 26 for 1926
  return made;
}

function bad(what, text, place, expected, hint) {
  const character = Array.from(text.slice(0, place)).length + 1;
  return new Refused(`${what} (character ${character} of the query)`, expected, hint);
}

function shown(value) {
  const letters = Array.from(value.split(SPACES).filter(Boolean).join(" "));
  return letters.length <= 60 ? letters.join("") : `${letters.slice(0, 59).join("")}…`;
}

function matchAt(pattern, text, place) {
  pattern.lastIndex = place;
  return pattern.exec(text);
}

function endOf(pattern, text, place) {
  const match = matchAt(pattern, text, place);
  return match ? place + match[0].length : place;
}

/* `Did you mean …?` with the nearest known word, by the measure of Python's difflib. */
function didYouMean(word, known) {
  let [best, most] = ["", 0.55];
  for (const each of known) {
    const near = ratio(Array.from(each), Array.from(word));
    if (near > most || (near === most && each > best)) [best, most] = [each, near];
  }
  return best && `Did you mean \`${best}\`?`;
}

function ratio(a, b) {
  return (2 * matching(a, b)) / (a.length + b.length || 1);
}

/* How many letters are in common: the longest common piece, and so on to its left and right. */
function matching(a, b) {
  let [size, inA, inB] = [0, 0, 0];
  let ending = new Map();
  for (let i = 0; i < a.length; i++) {
    const now = new Map();
    for (let j = 0; j < b.length; j++) {
      if (a[i] !== b[j]) continue;
      const length = (ending.get(j - 1) ?? 0) + 1;
      now.set(j, length);
      if (length > size) [size, inA, inB] = [length, i - length + 1, j - length + 1];
    }
    ending = now;
  }
  if (!size) return 0;
  const left = matching(a.slice(0, inA), b.slice(0, inB));
  return left + size + matching(a.slice(inA + size), b.slice(inB + size));
}

/* A value as it is typed: in quotation marks where it would end too early, or mean something. */
export function typed(value) {
  const plain = new RegExp(`^[^${SPACE},"]+$`, "u").test(value);
  return plain ? value : `"${value.replaceAll('"', '\\"')}"`;
}

/* The text with a value of a key added, or taken away when `key:value` is asked for already. */
export function toggled(text, items, key, value) {
  const same = (each) => each.value === folded(value);
  const terms = items.filter((item) => item.type === "term" && item.key === key && !item.negated);
  const chosen = terms.find((item) => item.values.some(same));
  if (chosen) return withValues(text, chosen, chosen.values.filter((each) => !same(each)));
  if (terms.length) return withValues(text, terms[0], [...terms[0].values, { raw: value }]);
  return `${text.trimEnd()} ${key}:${typed(value)}`.trimStart();
}

/* The text without an item. */
export function without(text, item) {
  return `${text.slice(0, item.start).trimEnd()} ${text.slice(item.end).trimStart()}`.trim();
}

function withValues(text, item, values) {
  if (!values.length) return without(text, item);
  const name = item.own ? `${item.key}.${item.own}` : item.key;
  const made = `${name}:${values.map((each) => typed(each.raw)).join(",")}`;
  return text.slice(0, item.start) + made + text.slice(item.end);
}

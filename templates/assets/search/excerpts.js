/* Why a page was found: the texts of it that hold what was looked for, with that marked.

   excerpt(texts, forms, words) → [{text, marked}]
     `texts` are [label, text], the weightiest first; `forms` the words that the index found for
     the `words` that were looked for.
   marked(text, words) → [{text, marked}]: the words in a text of any kind, such as a title. */
import { plain, wordsOf } from "./cutting.js";
import { stem } from "./stems.js";

/* The parts of a note that are searched, the weightiest first, and what is said of them. */
const PARTS = Object.entries({
  reason: "", expected: "Expected", baseline: "Baseline", assumptions: "Assumption", variables: "Variable",
  files: "File", tags: "Tag", service: "Service", id: "Id", kind: "Kind", stack: "Stack", owner: "Owner",
  authors: "Author", shipped: "Shipped", source: "Source", rollback: "Rollback", commands: "Command",
  no_command: "No command", metrics: "Metric", no_metric: "No metric", monitoring: "Monitoring",
  cache_rules: "Cache rule", checklist: "Checklist", images: "Image", tools: "Tool",
  difficulty: "Difficulty", related: "Related", supersedes: "Supersedes", revision: "Revision",
  x: "Own field",
}); // prettier-ignore
const PROSE = new Set(["", "Expected", "Baseline", "Assumption", "Variable", "Difficulty"]); // Markdown
/* What nobody sees, as in `changenote/characters.py`, and tags but for those of a flag. */
const UNSEEN = /\u{1f3f4}[\u{e0020}-\u{e007f}]+|[\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0\u180e\u200b\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{1d173}-\u{1d17a}]|[\u{e0001}-\u{e007f}]/gu; // prettier-ignore
const SEGMENTS = 3; // texts of a note that one excerpt is made of
const WIDTH = 24; // words of the first of them

/* The texts of a note as its note.json has them. */
export function textsOfNote(note) {
  return PARTS.flatMap(([name, label]) => [...textsWithin(note[name])].map((text) => [label, text]));
}

/* The texts of another page as the index has them. */
export function textsOfPage({ texts }) {
  return texts.map((text) => ["", text]);
}

function* textsWithin(value) {
  if (typeof value === "string" || typeof value === "number") yield String(value);
  else if (value && typeof value === "object") for (const inner of Object.values(value)) yield* textsWithin(inner);
}

/* All words of a text, whole, without signs, and in its parts. */
function bare(text) {
  const camel = text.replace(/([a-z0-9])(?=[A-Z])/g, "$1 ").replace(/([A-Z])(?=[A-Z][a-z])/g, "$1 ");
  const glued = text.split(/\s+/).map((word) => word.replace(/[^\p{L}\p{N}_]+/gu, ""));
  return plain(`${text} ${camel} ${glued.join(" ")}`).split(/[^\p{L}\p{N}]+/u).filter(Boolean);
}

/* Is it the term, does it begin with it, or do only their endings differ? */
function isForm(word, asked) {
  if (word.startsWith(asked)) return true;
  const start = stem(word);
  return start.length > 2 && (stem(asked) === start || (asked.startsWith(start) && asked.length < word.length + 3));
}

const LETTER = /[\p{L}\p{N}]/u;

/* The texts that hold most of the words, each from a little before the first of them. */
export function excerpt(texts, forms, words) {
  const each = words.flatMap((word) => word.trim().split(/\s+/));
  const wanted = each.map((word) => ({ word, pattern: sought(word), asked: wordsOf(word) }));
  const found = texts.map(([label, text]) => segment(label, text, forms, wanted)).filter((each) => each.words.length);
  const chosen = [];
  const missing = new Set(wanted.keys());
  while (chosen.length < SEGMENTS && missing.size) {
    const gain = (text) => [...text.held].filter((each) => missing.has(each)).length;
    const [best] = found.filter(gain).sort((one, other) => gain(other) - gain(one));
    if (!best) break;
    best.held.forEach((each) => missing.delete(each));
    chosen.push(best);
  }
  if (!chosen.length) chosen.push(...found.slice(0, 1));
  const shown = joined(chosen.map((text, n) => pieces(text, wanted, n ? WIDTH / 2 : WIDTH)));
  return shown.map((piece) => ({ ...piece, text: visible(piece.text) }));
}

/* A text in which what nobody sees is shown as on the note's page. */
function visible(text) {
  return text.replace(UNSEEN, (found) => {
    if (found.codePointAt(0) === 0x1f3f4) return found;
    const code = found.codePointAt(0).toString(16);
    return code.length > 4 ? `\\U${code.padStart(8, "0")}` : `\\u${code.padStart(4, "0")}`;
  });
}

/* Prose without the signs of Markdown before its lines and around its words. */
function readable(prose) {
  return prose.replace(/^\s*(?:[-*+]|\d+[.)]|#{1,6}|>)\s+/gm, "").replace(/(`+|\*\*)(?=\S)(.*?\S)\1/g, "$2");
}

/* A text with its words, and which of them hold what is wanted. */
function segment(label, text, forms, wanted) {
  const shown = PROSE.has(label) ? readable(text) : text;
  const found = { label, words: shown.split(/\s+/).filter(Boolean), hits: new Set(), held: new Set() };
  found.words.forEach((word, place) => {
    for (const each of heldBy(word, forms, wanted)) {
      found.held.add(each);
      found.hits.add(place);
    }
  });
  return found;
}

/* Which of the wanted words a word of a text holds, as it is or in another form. */
function heldBy(word, forms, wanted) {
  const parts = bare(word);
  const found = parts.filter((part) => forms.has(part));
  return [...wanted.keys()].filter((each) => {
    const { pattern, asked } = wanted[each];
    pattern.lastIndex = 0;
    if (pattern.test(word)) return true;
    return asked.length > 1 ? asked.every((p) => parts.includes(p)) : found.some((part) => isForm(part, asked[0]));
  });
}

function pieces({ label, words, hits }, wanted, width) {
  const first = hits.size ? Math.min(...hits) : 0;
  const from = Math.max(0, Math.min(first - Math.floor(width / 4), words.length - width));
  const shown = words.slice(from, from + width).map((word, n) => {
    const found = marked(word, wanted.map(({ word }) => word));
    const isMarked = found.some((piece) => piece.marked);
    return hits.has(from + n) && !isMarked ? markedForms(word, wanted) : found;
  });
  return joined([
    ...(label || from ? [[{ text: (label && `${label}:`) + (from ? " …" : ""), marked: false }]] : []),
    ...shown,
    ...(from + width < words.length ? [[{ text: "…", marked: false }]] : []),
  ], " ");
}

/* A word with those of its parts marked that are other forms of what is wanted. */
function markedForms(word, wanted) {
  const terms = wanted.flatMap(({ asked }) => asked);
  const runs = word.split(/([\p{L}\p{N}]+)/u).filter(Boolean);
  const isOne = (run) => LETTER.test(run) && terms.some((term) => isForm(plain(run), term));
  const found = runs.map((text) => ({ text, marked: isOne(text) }));
  const isMarked = found.some((piece) => piece.marked);
  return isMarked ? found : runs.map((text) => ({ text, marked: LETTER.test(text) }));
}

/* Lists of pieces as one, with neighbours that are marked alike as one piece. */
function joined(lists, between = " · ") {
  const found = [];
  const add = ({ text, marked: isMarked }) => {
    if (found.length && found.at(-1).marked === isMarked) found.at(-1).text += text;
    else found.push({ text, marked: isMarked });
  };
  lists.forEach((list, n) => {
    if (n) add({ text: between, marked: false });
    list.forEach(add);
  });
  return found;
}

export function marked(text, words) {
  const found = [];
  let end = 0;
  for (const [from, to] of spans(text, words)) {
    if (to <= end) continue;
    if (from > end) found.push({ text: text.slice(end, from), marked: false });
    found.push({ text: text.slice(Math.max(from, end), to), marked: true });
    end = to;
  }
  if (end < text.length) found.push({ text: text.slice(end), marked: false });
  return found;
}

/* Where words begin that are wanted, to the end of each. */
function spans(text, words) {
  const found = [];
  for (const word of words.flatMap((each) => each.trim().split(/\s+/))) {
    for (const match of text.matchAll(sought(word))) {
      found.push([match.index + match[1].length, match.index + match[0].length]);
    }
  }
  return found.sort(([one], [other]) => one - other);
}

/* A word at the beginning of one in a text, whatever signs are between its parts. */
function sought(word) {
  const parts = word.normalize("NFKC").split(/[^\p{L}\p{N}]+/u).filter(Boolean);
  if (!parts.length) return /(?!)/g;
  const rest = word.length > 1 ? "[\\p{L}\\p{N}]*" : "(?![\\p{L}\\p{N}])";
  return new RegExp(`(^|[^\\p{L}\\p{N}])${parts.join("[^\\p{L}\\p{N}]+")}${rest}`, "giu");
}

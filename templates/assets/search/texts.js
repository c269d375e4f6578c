/* Words in all text of a site, through Pagefind's index. The engine asks it; nobody else need know
   Pagefind, how its index cuts words, or how a word must be put to it.

   open(bundle) → Promise<Words>
     `bundle` is the address of the folder that pagefind.js lies in. Fails when it cannot be loaded.

   Words
     find(words) → Promise<[Found]>
       The pages in which every word is found, best first. A word is found where one begins with it,
       as in `changenote list`: `totals`, `totals.py`, `cart/totals` and `app/cart` all find
       `app/cart/totals.py`; forms of a word find one another (`cached`, `caching`); one letter is
       found as a word of its own. A word with spaces is a phrase: its words side by side.

   Found
     number   which page: notes have the numbers they have in facts.json, other pages those after
     score    higher is better
     page()    → Promise<{url, title, tags}>; the address is relative to the top of the site
     excerpt() → Promise<[{text, marked}]>: where the words were found, and in what part of a note

   marked(text, words) → [{text, marked}]: the words in a text of any kind, such as a title.

   Nothing here is HTML: whoever shows it makes text nodes, or escapes. */

/* As in cutting.py: one letter for the signs between parts, and as much of a part is looked at. */
const JOINT = "\ua78f";
const LONGEST = 40;
const KANA_OR_HAN = /([\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff])/g;

/* The parts of a note in the order of records.py; what is said of them before an excerpt. */
const PARTS = [
  "", "", "Expected", "Baseline", "Assumption", "Variable",
  "File", "Tag", "Service", "Id", "Kind", "Stack", "Owner", "Author", "Shipped", "Source",
  "Rollback", "Command", "No command", "Metric", "No metric", "Monitoring", "Cache rule",
  "Checklist", "Image", "Tool", "Difficulty", "Related", "Supersedes", "Revision", "Own field",
];
const FIRST_MARK = 0xe000;
const REMEMBERED = 30; // words that were asked for
const SEGMENTS = 3; // texts of a note that one excerpt is made of
const WIDTH = 24; // words of the first of them

/* How much a page is lifted by a word in its title, and by a pair (see `put`). */
const RANKING = { metaWeights: { title: 8, tags: 3, words: 1 } };

/* What Pagefind takes off an English word: it finds `cached` for `caching`. */
const ENDINGS = (
  "s y d r rs es ed er ers or ors ings ly ies ied ions ations ments ness ally able ible ively ized izes izing " +
  "ful ity ance ence ant ent"
).split(" ");

export async function open(bundle) {
  const base = new URL(bundle, import.meta.url);
  const answer = await fetch(new URL("pages.json", base), { cache: "no-cache" });
  if (!answer.ok) throw new Error(`${answer.url}: ${answer.status} ${answer.statusText}`);
  const parts = await answer.json();
  if (!parts.length) return { find: async () => [] };
  const pagefind = await import(new URL("pagefind.js", base));
  await pagefind.options({ ranking: RANKING, excerptLength: 1 });
  await pagefind.init();
  const merged = parts.slice(1).map(({ folder }) =>
    pagefind.mergeIndex(new URL(folder, base).href, { ranking: RANKING, excerptLength: 1 }),
  );
  await Promise.all(merged);
  return new Words(pagefind, parts);
}

class Words {
  constructor(pagefind, parts) {
    this._pagefind = pagefind;
    this._places = new Map();
    parts.forEach(({ first, step, ids }, part) => {
      ids.split(" ").forEach((id, n) => this._places.set(`en_${id}`, [part, first + step * n]));
    });
    this._asked = new Map();
  }

  async find(words) {
    const terms = words.filter((word) => !isPhrase(word)).flatMap(put);
    const phrases = words.filter(isPhrase).map(quoted);
    if (terms.length === 1 && /^[a-z0-9]$/.test(terms[0])) phrases.push(quoted(terms.pop()));
    const sets = await Promise.all([
      ...(terms.length ? [this._withAll([...new Set(terms)])] : []),
      ...phrases.map((phrase) => this._search(phrase)),
    ]);
    if (!sets.length) return [];
    const [ranked, ...others] = sets;
    const ids = others.map((set) => new Set(set.map((result) => result.id)));
    const found = ranked.filter((result) => ids.every((each) => each.has(result.id)));
    return found.map((result) => new Found(result, this._places.get(result.id)[1], words));
  }

  /* The results that hold every term, from the parts of the index that have every term. */
  async _withAll(terms) {
    const alone = await Promise.all(terms.map((term) => this._withOne(term)));
    if (alone.length === 1 || alone.some((results) => !results.length)) {
      return alone.length === 1 ? alone[0] : [];
    }
    const has = alone.map((results) => new Set(results.map(({ id }) => this._partOf(id))));
    const results = await this._search(terms.join(" "));
    return results.filter(({ id }) => has.every((parts) => parts.has(this._partOf(id))));
  }

  _withOne(term) {
    if (this._asked.size > REMEMBERED) this._asked.delete(this._asked.keys().next().value);
    if (!this._asked.has(term)) this._asked.set(term, this._only(term));
    return this._asked.get(term);
  }

  /* For a word that no page of a part has, Pagefind takes the beginning of it that one has, or
     leaves it out: such parts are found by one page each. */
  async _only(term) {
    await this._load(term);
    const byPart = new Map();
    for (const result of await this._search(term)) {
      const part = this._partOf(result.id);
      if (!byPart.has(part)) byPart.set(part, []);
      byPart.get(part).push(result);
    }
    const parts = [...byPart.values()];
    const held = await Promise.all(parts.map(([first]) => holds(first, term)));
    return parts.filter((_, n) => held[n]).flat().sort((one, other) => other.score - one.score);
  }

  /* Pagefind loads the piece of its index that a word is in. The words that begin with it may be
     in the next ones as well, so it is made to load what it would for each letter more. */
  async _load(term) {
    const longer = [..."abcdefghijklmnopqrstuvwxyz0123456789_", JOINT].map((next) => term + next);
    await this._pagefind.preload([term, ...longer].join(" "), {});
  }

  _partOf(id) {
    return this._places.get(id)[0];
  }

  async _search(term) {
    const { results } = await this._pagefind.search(term, {});
    return results.filter(({ id }) => this._places.has(id));
  }
}

class Found {
  constructor(result, number, words) {
    this.number = number;
    this.score = result.score;
    this._result = result;
    this._words = words;
  }

  async page() {
    const { raw_url, meta } = await this._result.data();
    const tags = (meta.tags || "").split("\n").filter(Boolean);
    return { url: raw_url.slice(raw_url.indexOf(":") + 1), title: meta.title, tags };
  }

  async excerpt() {
    const { content } = await this._result.data();
    return excerpt(content, new Set(this._result.words), this._words);
  }
}

/* How a word is put to the index: a word of several parts as pairs of neighbours. */
function put(word) {
  const parts = partsOf(word);
  if (parts.length < 2) return parts;
  return parts.slice(1).map((part, n) => {
    // The last part may go on, unless Pagefind would change its ending before it looks.
    const isWhole = n < parts.length - 2 || /(?:y|ed|ing)$/.test(part);
    return JOINT + parts[n] + JOINT + part + (isWhole ? JOINT : "");
  });
}

function partsOf(word) {
  return word
    .normalize("NFKC")
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .replace(/([a-z0-9])(?=[A-Z])/g, "$1 ")
    .replace(/([A-Z])(?=[A-Z][a-z])/g, "$1 ")
    .replace(/(^| )([vV])(?=\d)/g, "$1$2 ")
    .replace(KANA_OR_HAN, " $1")
    .toLowerCase()
    .split(" ")
    .filter(Boolean)
    .map((part) => part.slice(0, LONGEST));
}

/* Words side by side are looked for whole, with all signs dropped as Pagefind drops them. */
function quoted(phrase) {
  const words = phrase.split(/\s+/).map((word) => word.replace(/[^\p{L}\p{N}_]+/gu, ""));
  return `"${words.filter(Boolean).join(" ")}"`;
}

/* Does a page hold a term, or only the beginning of it? */
async function holds(result, term) {
  const { content, meta } = await result.data();
  const words = content.split(/\s+/);
  const texts = result.words.map((place) => words[place] || "");
  if (result.matchedMetaFields) texts.push(meta.title, meta.tags, meta.words);
  return texts.some((text) => bare(text || "").some((word) => isForm(word, term)));
}

/* All words of a text, in the ways in which Pagefind cuts them. */
function bare(text) {
  const camel = text.replace(/([a-z0-9])(?=[A-Z])/g, "$1 ").replace(/([A-Z])(?=[A-Z][a-z])/g, "$1 ");
  const glued = text.split(/\s+/).map((word) => word.replace(/[^\p{L}\p{N}_]+/gu, ""));
  return plain(`${text} ${camel} ${glued.join(" ")}`).split(/[^\p{L}\p{N}]+/u).filter(Boolean);
}

/* Without accents and capitals. */
const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

/* Is it the term, does it begin with it, or do only their endings differ? */
function isForm(word, term) {
  const asked = plain(term);
  let same = 0;
  while (same < asked.length && asked[same] === word[same]) same += 1;
  return same === asked.length || (same > 1 && ENDINGS.some((ending) => ending.startsWith(asked.slice(same))));
}

const LETTER = /[\p{L}\p{N}]/u;
const isPhrase = (word) => /\s/.test(word.trim());

/* The texts that hold most of the words, each from a little before the first of them. */
function excerpt(content, places, words) {
  const wanted = words.flatMap((word) => word.trim().split(/\s+/)).map((word) => [word, sought(word)]);
  const texts = segments(content.split(/\s+/), places, wanted);
  const chosen = [];
  const missing = new Set(wanted.keys());
  while (chosen.length < SEGMENTS && missing.size) {
    const gain = (text) => [...text.held].filter((each) => missing.has(each)).length;
    const [best] = texts.filter(gain).sort((one, other) => gain(other) - gain(one));
    if (!best) break;
    best.held.forEach((each) => missing.delete(each));
    chosen.push(best);
  }
  if (!chosen.length) chosen.push(...texts.slice(0, 1));
  return joined(chosen.map((text, n) => pieces(text, wanted, n ? WIDTH / 2 : WIDTH)));
}

/* The texts of a page: what part of a note each is in, its words, and which hold what is wanted. */
function segments(words, places, wanted) {
  const found = [];
  words.forEach((word, place) => {
    const part = word.charCodeAt(0) - FIRST_MARK;
    if (word.length === 1 && part >= 0 && part < PARTS.length) {
      found.push({ part, words: [], hits: new Set(), held: new Set() });
      return;
    }
    if (!found.length) found.push({ part: 0, words: [], hits: new Set(), held: new Set() });
    const text = found.at(-1);
    for (const each of heldBy(word, places.has(place), wanted)) {
      text.held.add(each);
      text.hits.add(text.words.length);
    }
    text.words.push(word);
  });
  return found.filter((text) => text.words.length).sort((one, other) => one.part - other.part);
}

/* Which of the wanted words a word of a text holds; `isHit` when Pagefind says that it does. */
function heldBy(word, isHit, wanted) {
  const parts = isHit ? bare(word) : [];
  return [...wanted.keys()].filter((each) => {
    const [asked, pattern] = wanted[each];
    pattern.lastIndex = 0;
    return pattern.test(word) || (isHit && partsOf(asked).some((p) => parts.some((q) => isForm(q, p))));
  });
}

function pieces({ part, words, hits }, wanted, width) {
  const first = hits.size ? Math.min(...hits) : 0;
  const from = Math.max(0, Math.min(first - Math.floor(width / 4), words.length - width));
  const shown = words.slice(from, from + width).map((word, n) => {
    const found = marked(word, wanted.map(([asked]) => asked));
    const isMarked = found.some((piece) => piece.marked);
    return hits.has(from + n) && !isMarked ? markedForms(word, wanted) : found;
  });
  return joined([
    ...(PARTS[part] || from ? [[{ text: (PARTS[part] && `${PARTS[part]}:`) + (from ? " …" : ""), marked: false }]] : []),
    ...shown,
    ...(from + width < words.length ? [[{ text: "…", marked: false }]] : []),
  ], " ");
}

/* A word with those of its parts marked that are other forms of what is wanted. */
function markedForms(word, wanted) {
  const terms = wanted.flatMap(([asked]) => partsOf(asked));
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

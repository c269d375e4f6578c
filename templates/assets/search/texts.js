/* Words in all text of a site, through the index that `changenote/site/search/bundle.py` makes; how
   its files are to be read is said there.

   open(bundle, {ids, address}) → Promise<Words>
     `bundle` is the address of the folder of the index, `ids` has those of the notes by their
     numbers, and `address(number)` is that of a note's page. Fails when it cannot be loaded.

   Words
     find(words) → Promise<[Found]>
       The pages in which every word is found, best first. A word is found where one begins with it,
       as in `changenote list`: `totals`, `totals.py`, `cart/totals` and `app/cart` all find
       `app/cart/totals.py`; forms of a word find one another (`cached`, `caching`); one letter is
       found as a word of its own. A word with spaces is a phrase: its words side by side.

   Found
     number   which page: notes have the numbers they have in facts.json, other pages those after
     score    higher is better
     page()    → Promise<{url, title, tags}> of a page that is no note; the address is relative to
                 the top of the site
     excerpt() → Promise<[{text, marked}]>: where the words were found, and in what part of a note

   Nothing here is HTML: whoever shows it makes text nodes, or escapes. */
import { wordsOf } from "./cutting.js";
import { excerpt, textsOfNote, textsOfPage } from "./excerpts.js";
import { stem, stemsAhead } from "./stems.js";

const REMEMBERED = 600; // files of words
const TURN_MS = 25;
const ZERO = 0x30; // as `mark` in cutting.py
const TAGS = 64; // places below are of the title
const TEXTS = 128; // places from there to here are of tags
const [TITLE_WEIGHT, TAG_WEIGHT] = [8, 3];
const [WHOLE, BEGINNING, FORM] = [1, 0.8, 0.6]; // how much it is worth what of a word was meant

export async function open(bundle, notes) {
  const answer = await fetch(new URL("parts.json", bundle), { cache: "no-cache" });
  if (!answer.ok) throw new Error(`${answer.url}: ${answer.status} ${answer.statusText}`);
  if (typeof DecompressionStream === "undefined") throw new Error("this browser cannot unpack an index");
  return new Words(bundle, await answer.json(), notes);
}

class Words {
  constructor(bundle, listed, { ids, address }) {
    const inOrder = Uint32Array.from(ids, (_, number) => number);
    inOrder.sort((one, other) => (ids[one] < ids[other] ? -1 : ids[one] > ids[other] ? 1 : one - other));
    this._address = address;
    this._files = new Files();
    this._parts = [];
    let first = 0;
    for (const [kind, isNotes] of [["notes", true], ["others", false]]) {
      for (const part of listed[kind]) {
        const from = first;
        const numberOf = isNotes ? (page) => inOrder[from + page] : (page) => from + page;
        this._parts.push(new Part(new URL(part.folder, bundle), part, { isNotes, numberOf, files: this._files }));
        first += part.count;
      }
    }
    this._count = first;
    this._parts.reverse(); // the newest are asked first
  }

  async find(words) {
    const asked = words.map(meant).filter(({ words }) => words.length);
    if (!asked.length) return [];
    const found = await Promise.all(asked.map((each) => this._withOne(each)));
    const weights = found.map((parts) => Math.log(1 + this._count / (1 + total(parts))));
    return this._parts.flatMap((part, n) => this._allIn(part, found.map((parts) => parts[n]), weights, words)).sort(byScore);
  }

  /* For each part what is found of one word. Where no page has it, it may be typed in part. */
  async _withOne(asked) {
    const found = await this._inEach(asked);
    const isUnknown = !asked.isExact && asked.words.length === 1 && !total(found);
    return isUnknown ? this._inEach({ ...asked, stems: stemsAhead(asked.words[0]) }) : found;
  }

  _inEach(asked) {
    return Promise.all(this._parts.map((part) => part.find(asked)));
  }

  _allIn(part, found, weights, words) {
    const [fewest] = [...found].sort((one, other) => one.pages.size - other.pages.size);
    const forms = new Set(found.flatMap((each) => [...each.forms]));
    const pages = [...fewest.pages.keys()].filter((page) => found.every((each) => each.pages.has(page)));
    return pages.map((page) => {
      const score = found.reduce((sum, each, n) => sum + weights[n] * each.pages.get(page), 0);
      return new Found(part, page, { score, forms, words, address: this._address });
    });
  }
}

const total = (parts) => parts.reduce((sum, { pages }) => sum + pages.size, 0);
const byScore = (one, other) => other.score - one.score || one.number - other.number;

/* What a word of a query asks for: words side by side, of which the last may go on. */
function meant(raw) {
  const words = wordsOf(raw);
  const isExact = words.length === 1 && /^[a-z0-9]$/.test(words[0]);
  return { words, isExact, stems: new Set(words.map(stem)) };
}

class Part {
  constructor(folder, { files }, { isNotes, numberOf, files: loaded }) {
    this._folder = folder;
    this._count = files;
    this._files = loaded;
    this.isNotes = isNotes;
    this.numberOf = numberOf;
  }

  /* What every page is worth that has a word or several side by side, and the words that were found
     for a single one. */
  async find(asked) {
    const lines = await Promise.all(asked.words.map((word) => this._lines(word)));
    await turns.next();
    return asked.words.length === 1 ? alone(lines[0], asked) : together(lines, asked);
  }

  pages() {
    return (this._pages ??= this._files.text(new URL("pages.z", this._folder)).then(JSON.parse));
  }

  /* All words with the same first two letters. */
  async _lines(word) {
    const [first, second] = word;
    const number = (first.codePointAt(0) * 31 + (second ? second.codePointAt(0) : 0)) % this._count;
    return this._files.lines(new URL(`${number}.z`, this._folder));
  }
}

/* Long work is done in turns with all else, so that typing goes on. */
const turns = {
  _until: 0,
  _last: Promise.resolve(),

  next() {
    this._last = this._last.then(async () => {
      if (performance.now() < this._until) return;
      await new Promise((done) => setTimeout(done));
      this._until = performance.now() + TURN_MS;
    });
    return this._last;
  },
};

/* Files of the index, the last of which are remembered. Their names change with what is in them. */
class Files {
  constructor() {
    this._known = new Map();
  }

  lines(address) {
    const known = this._known.get(address.href);
    if (known) return known;
    if (this._known.size >= REMEMBERED) this._known.delete(this._known.keys().next().value);
    const lines = this.text(address).then((text) => (text ? text.split("\n") : []));
    this._known.set(address.href, lines);
    lines.catch(() => this._known.delete(address.href)); // the next query tries again
    return lines;
  }

  async text(address) {
    const answer = await fetch(address);
    if (!answer.ok) throw new Error(`${address}: ${answer.status} ${answer.statusText}`);
    return new Response(answer.body.pipeThrough(new DecompressionStream("deflate"))).text();
  }
}

function alone(lines, { words: [asked], isExact, stems }) {
  const [pages, forms] = [new Map(), new Set()];
  for (const line of lines) {
    const word = line.slice(0, line.indexOf("\t"));
    const worth = word === asked ? WHOLE : isExact ? 0 : word.startsWith(asked) ? BEGINNING : stems.has(stem(word)) ? FORM : 0;
    if (!worth) continue;
    forms.add(word);
    eachPage(line, null, (page, places, start, end) => {
      const found = worth * weighed(places.charCodeAt(start) - ZERO, end - start);
      if (!(pages.get(page) >= found)) pages.set(page, found);
    });
  }
  return { pages, forms };
}

const NONE = new Set();

/* Words side by side: each as it is but the last, which may go on. Where they are is looked up only
   in pages that have them all. */
function together(lists, { words }) {
  const last = words.length - 1;
  const chosen = lists.map((lines, n) => {
    const start = n === last ? words[n] : `${words[n]}\t`;
    return lines.filter((line) => line.startsWith(start));
  });
  const some = chosen.map(pagesOf).reduce((one, other) => new Set([...one].filter((page) => other.has(page))));
  const found = chosen.map((lines) => placesIn(lines, some));
  const pages = new Map();
  for (const page of some) {
    const [first, ...others] = found.map((places) => places.get(page));
    const good = [...first].filter((place) => others.every((places, n) => places.has(place + n + 1)));
    if (good.length) pages.set(page, weighed(Math.min(...good), good.length));
  }
  return { pages, forms: NONE };
}

function pagesOf(lines) {
  const found = new Set();
  for (const line of lines) eachPage(line, null, (page) => found.add(page));
  return found;
}

/* In each of some pages, the places of the words of all lines. */
function placesIn(lines, some) {
  const found = new Map([...some].map((page) => [page, new Set()]));
  for (const line of lines) {
    eachPage(line, some, (page, places, start, end) => {
      for (let n = start; n < end; n++) found.get(page).add(places.charCodeAt(n) - ZERO);
    });
  }
  return found;
}

/* Calls `act(page, places, start, end)` for the pages of a line, or those of them that are `some`:
   the letters from `start` to `end` are the places where the page has the word. */
function eachPage(line, some, act) {
  const [, far, places] = line.split("\t");
  let page = 0;
  let start = 0;
  for (let n = 0; n < far.length; n++) {
    page += far.charCodeAt(n) - ZERO;
    const space = places.indexOf(" ", start);
    const end = space < 0 ? places.length : space;
    if (!some || some.has(page)) act(page, places, start, end);
    start = end + 1;
  }
}

function weighed(first, times) {
  return (first < TAGS ? TITLE_WEIGHT : first < TEXTS ? TAG_WEIGHT : 0) + times / (times + 1);
}

class Found {
  constructor(part, page, { score, forms, words, address }) {
    this.number = part.numberOf(page);
    this.score = score;
    this._part = part;
    this._page = page;
    this._forms = forms;
    this._words = words;
    this._address = address;
  }

  async page() {
    const { url, title, tags } = await this._shown();
    return { url, title, tags };
  }

  async _shown() {
    return (await this._part.pages())[this._page];
  }

  excerpt() {
    return (this._excerpt ??= this._texts().then((texts) => excerpt(texts, this._forms, this._words)));
  }

  /* Those of a note are in its own file. */
  async _texts() {
    if (!this._part.isNotes) return textsOfPage(await this._shown());
    const answer = await fetch(new URL("note.json", this._address(this.number)));
    if (!answer.ok) throw new Error(`${answer.url}: ${answer.status} ${answer.statusText}`);
    return textsOfNote(await answer.json());
  }
}

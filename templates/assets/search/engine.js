/* The search of a site: the query language of `changenote list` over columns of facts, and words
   through an index of all text. Knows nothing of pages; whatever has a search field asks it.

   open(base?) → Promise<Engine>
     `base` is the address of the folder that this file lies in, and that is what it is without one.
     Fails only when facts.json cannot be loaded.

   Engine
     count          how many notes there are
     index          what the address of a folder ends in: nothing, or `index.html`
     warm()         begins to load the index, which else the first word does
     toggled(text, facet, value) → text with a value of a facet added, or taken away again
     keys           the keys of the query language: [{name, meaning, example, …}]
     find(text, {sort, from, limit, facets, today}) → Promise<Answer>
       sort    "rank" or "date"; without one "rank" when the query has words, else "date".
               Notes that need a human review come last by rank.
       from, limit   which hits are wanted: 0 and 20
       facets  false leaves them out, for a field that shows none
       today   a day as "2026-11-22", for -30d; without one the day now, in UTC

       instead true tells, when nothing matches, what fewer conditions would give, and words that
               may be meant

   Answer
     text      the text that was asked
     items     what it asks for, in order: [{type, negated, start, end, …}]; see query.js
     total     how many notes match
     hits      [Hit], `limit` at most
     facets    [{key, title, known, values: [{value, label, count, chosen}]}]; counts are of the
               query without this facet's own key, values without any are left out of the `known`
               ones, and the order does not depend on the query
     instead   [{text, asked, total}]: the query without what was `asked`, and how many match then
     meant     [{text, total}]: the query with words that are nowhere as known ones are spelled, and
               how many match then
     pages     [Other] the site's pages that are no notes; none when the query has keys
     words     "index": words were looked for in all text; "titles": in titles, services, owners
               and tags alone, because there is no index
     ignored   words that are nothing but signs, which no index has
     sort      "rank" or "date": what the hits are sorted by
     problem   null, or {what, expected, hint} when the text cannot be a query; all else is empty

   Hit
     number, id, title, url, day, kind, service, owner, environment, verdict, status, outcome, tags
     repository  where the notes are of more than one
     elsewhere the environment, unless it is the one that most notes shipped to
     needsReview, hasRollback
     held      [{key, value}] what held of the keys asked for, as the note has it
     excerpt() → Promise<[{text, marked}]>; empty when the query has no words

   Other
     shown() → Promise<{url, title, excerpt: [{text, marked}]}>

   Nothing here is HTML: whoever shows it makes text nodes. */
import { Column, columnOf, days, identities, years } from "./columns.js";
import { parse, toggled, without } from "./query.js";
import { Spelling, corrected, isSpelled, wordsAt } from "./spelling.js";
import * as texts from "./texts.js";
import { Titles } from "./titles.js";

const FACETS = [
  ["repo", "Repository"],
  ["kind", "Kind"],
  ["service", "Service"],
  ["owner", "Owner"],
  ["env", "Environment"],
  ["verdict", "Verdict"],
  ["tag", "Tag"],
  ["status", "Status"],
  ["year", "Year"],
];
const SUFFIX = 6; // letters of an id that name a note
const SHOWN_OF_A_KEY = 2; // of all files that fit `file:app/`, so many are named
const SPELLED = ["kind", "service", "repo", "owner", "env", "tag", "stack"]; // whose words are known, beside titles
const SPELLED_AT_ONCE = 2000; // texts
const MOST_SPELLED = 8; // words of one query that are looked at for mistakes
const NOTHING = { total: 0, hits: [], facets: [], pages: [], ignored: [], instead: [], meant: [] };

export async function open(base = new URL("./", import.meta.url)) {
  return new Engine(base, await data(new URL("facts.json", base)));
}

/* Asks the server each time whether it has changed: facts and index must be of the same notes. */
async function data(address) {
  const answer = await fetch(address, { cache: "no-cache" });
  if (!answer.ok) throw new Error(`${address}: ${answer.status} ${answer.statusText}`);
  return answer.json();
}

class Engine {
  constructor(base, facts) {
    this._base = base;
    this._facts = facts;
    this.count = facts.ids.length;
    this.index = facts.index;
    this.keys = facts.keys;
    this._columns = { id: identities(facts), day: days(facts) };
    for (const [name, column] of Object.entries(facts.columns)) {
      this._columns[name] = new Column(column);
    }
    this._known = new Map();
    this._columns.year = years(this._columns.day);
    this._facets = FACETS.filter(([key]) => this._columns[key]); // there may be one repository alone
    this._review = this._columns.flag.meeting("flag", ["needs_human_review"]);
  }

  warm() {
    return (this._words ??= this._openedWords());
  }

  async _openedWords() {
    if (this._facts.words !== "titles") {
      try {
        const address = (note) => this._url(note);
        return await texts.open(new URL("words/", this._base), { ids: this._facts.ids, address });
      } catch (error) {
        console.warn(`Words are looked for in titles alone: ${error.message}`);
      }
    }
    const columns = ["id", "service", "owner", "tag"].map((name) => this._columns[name]);
    const short = (note) => columns.flatMap((column) => column.written(note));
    return new Titles(this._facts.titles.map((title, note) => [title, ...short(note)]));
  }

  async find(text, { sort, from = 0, limit = 20, facets = true, instead = false, today = now() } = {}) {
    const { items, problem } = parse(text, this.keys, today);
    const order = sort || (items.some(isWanted) ? "rank" : "date");
    if (problem) return { ...NOTHING, text, items, words: "index", sort: order, problem };
    const [terms, words] = await Promise.all([this._terms(items), this._worded(items)]);
    const groups = grouped(terms, words, this.count);
    const { misses, missed } = this._missing(groups);
    const found = this._sorted(misses, order, words.wanted, this._named(items));
    const pages = terms.length ? [] : this._pages(words);
    const isLost = instead && !found.length;
    return {
      text,
      items,
      total: found.length,
      hits: found.slice(from, from + limit).map((note) => this._hit(note, terms, words.wanted)),
      facets: facets ? this._facetsOf(misses, missed, groups, items) : [],
      pages,
      words: words.where,
      ignored: words.ignored,
      instead: isLost ? await this._instead(text, items, today) : [],
      meant: isLost && !pages.length ? await this._meant(text, items, today) : [],
      sort: order,
      problem: null,
    };
  }

  /* What the query would find without one of its conditions, the most first. */
  async _instead(text, items, today) {
    const each = await Promise.all(
      items.map(async (item) => {
        const less = without(text, item);
        const { total } = await this.find(less, { limit: 0, facets: false, today });
        return { text: less, asked: text.slice(item.start, item.end), total };
      }),
    );
    const found = each.filter(({ total }) => total > 0);
    return found.sort((one, other) => other.total - one.total);
  }

  /* What the query would find with its mistyped words as they are spelled, the nearest first. */
  async _meant(text, items, today) {
    const unknown = await this._unknown(text, items);
    if (!unknown.length) return [];
    const spelling = await (this._spelling ??= this._spelled());
    const each = await Promise.all(
      corrected(text, unknown, spelling).map(async (meant) => {
        const { total } = await this.find(meant, { limit: 0, facets: false, today });
        return { text: meant, total };
      }),
    );
    return each.filter(({ total }) => total > 0);
  }

  /* The wanted words that are nowhere, and may be mistyped. */
  async _unknown(text, items) {
    const words = items.filter(isWanted).flatMap(({ start, end }) => wordsAt(text, start, end));
    if (!words.length || words.length > MOST_SPELLED) return [];
    const place = await this.warm();
    const known = await Promise.all(words.map(async ({ word }) => (await place.find([word])).length > 0));
    return words.filter(({ word }, n) => !known[n] && isSpelled(word));
  }

  async _spelled() {
    const loaded = SPELLED.map((name) => this._column(name).catch(() => null));
    const columns = (await Promise.all(loaded)).filter(Boolean);
    const values = columns.flatMap(({ values, totals }) => values.map((value, n) => [value, totals[n]]));
    const texts = [...this._facts.titles.map((title) => [title, 1]), ...values];
    const spelling = new Spelling([]);
    for (let n = 0; n < texts.length; n += SPELLED_AT_ONCE) {
      spelling.add(texts.slice(n, n + SPELLED_AT_ONCE));
      await new Promise((done) => setTimeout(done)); // typing goes on
    }
    return spelling;
  }

  toggled(text, facet, value) {
    const { items, problem } = parse(text, this.keys, now());
    if (problem) return text;
    return facet === "year" ? this._withYear(text, items, value) : toggled(text, items, facet, value);
  }

  /* A year is a day it begins after and one it ends before; there is one at most. */
  _withYear(text, items, value) {
    const chosen = yearOf(items) === value;
    let left = text;
    for (const item of [...items].reverse()) if (isDay(item)) left = without(left, item);
    return chosen ? left : `${left} after:${value} before:${nextYear(value)}`.trimStart();
  }

  async _terms(items) {
    return Promise.all(
      items.filter((item) => item.type === "term").map(async (item) => {
        const column = await this._column(columnOf(item.key));
        const mask = column.meeting(item.key, item.values.map((each) => each.value));
        return { item, mask, column };
      }),
    );
  }

  /* Columns that few queries ask lie in files of their own. */
  async _column(name) {
    const more = this._facts.more[name];
    if (!this._columns[name] && more) {
      this._columns[name] = data(new URL(more, this._base)).then(
        (column) => new Column(column),
        (error) => {
          delete this._columns[name]; // the next query tries again
          throw error;
        },
      );
    }
    return this._columns[name];
  }

  /* What has all words that are wanted, and what has one that is not: by number, what was found.
     `wanted` is null when the query has no words. */
  async _worded(items) {
    const asked = items.filter((item) => item.type !== "term");
    const words = asked.filter((item) => LETTER.test(item.raw));
    const ignored = asked.filter((item) => !words.includes(item)).map((item) => item.raw);
    if (!words.length) return { wanted: null, unwanted: [], ignored, where: "index" };
    const place = await this.warm();
    const [good, bad] = [words.filter(isWanted), words.filter((item) => item.negated)];
    const [wanted, ...unwanted] = await Promise.all([
      good.length ? place.find(good.map((item) => item.raw)).then(byNumber) : null,
      ...bad.map((item) => place.find([item.raw]).then(byNumber)),
    ]);
    return { wanted, unwanted, ignored, where: place instanceof Titles ? "titles" : "index" };
  }

  /* How many groups of conditions each note misses, and the last of them. */
  _missing(groups) {
    const [misses, missed] = [new Uint8Array(this.count), new Uint8Array(this.count)];
    groups.forEach(({ mask }, number) => {
      for (let note = 0; note < this.count; note++) {
        if (mask[note] || misses[note] > 1) continue;
        misses[note] += 1;
        missed[note] = number;
      }
    });
    return { misses, missed };
  }

  /* Whoever types an id means the note that has it, not the newer ones that speak of it; and whoever
     types a version means what shipped in it. */
  _named(items) {
    const asked = items.filter(isWanted).map(({ raw }) => raw.toLowerCase());
    const ids = asked.filter((raw) => raw.length >= SUFFIX);
    const shipped = this._columns.version.meeting("version", asked);
    return (note) => shipped[note] === 1 || ids.some((id) => this._facts.ids[note].endsWith(id));
  }

  _sorted(misses, order, wanted, isNamed) {
    const found = [];
    for (let note = 0; note < this.count; note++) if (!misses[note]) found.push(note);
    if (order === "date") return found;
    const [scores, named] = [new Float64Array(this.count), new Uint8Array(this.count)];
    for (const note of found) {
      scores[note] = wanted?.get(note)?.score ?? 0;
      named[note] = isNamed(note) ? 1 : 0;
    }
    const rank = (one, other) =>
      named[other] - named[one] ||
      this._review[one] - this._review[other] ||
      scores[other] - scores[one] ||
      one - other;
    return found.sort(rank);
  }

  _facetsOf(misses, missed, groups, items) {
    return this._facets.map(([key, title]) => {
      const column = this._columns[key];
      const own = groups.findIndex((group) => group.facet === key);
      const counts = new Uint32Array(column.values.length);
      for (let note = 0; note < this.count; note++) {
        if (misses[note] > 1 || (misses[note] && missed[note] !== own)) continue;
        for (const value of column.at(note)) counts[value] += 1;
      }
      const chosen = chosenOf(key, items);
      const values = this._values(key).map(({ value, same, label }) => ({
        value,
        label,
        count: same.reduce((sum, number) => sum + counts[number], 0),
        chosen: chosen.has(value),
      }));
      const shown = values.filter((each) => each.count || each.chosen);
      if (key !== "year") shown.sort((one, other) => other.count - one.count || compared(one.label, other.label));
      return { key, title, known: values.length, values: shown };
    });
  }

  /* The values of a facet, newest year first; for a query, Cart and cart are the same one. */
  _values(key) {
    const known = this._known.get(key);
    if (known) return known;
    const column = this._columns[key];
    const found = new Map();
    column.folded.forEach((value, number) => {
      const label = this.label(key, column.values[number]);
      const each = found.get(value) ?? { value, label, same: [] };
      each.same.push(number);
      if (value) found.set(value, each);
    });
    const values = [...found.values()].sort((one, other) => compared(other.value, one.value));
    this._known.set(key, values);
    return values;
  }

  /* A value in the words of the site. */
  label(key, value) {
    if (key === "verdict") return this._facts.verdicts[value] ?? value;
    return key === "status" || key === "outcome" ? value.replaceAll("_", " ") : value;
  }

  _hit(note, terms, wanted) {
    const first = (name) => this._columns[name]?.written(note)[0] ?? "";
    const environment = first("env");
    return {
      number: note,
      id: this._facts.ids[note],
      title: this._facts.titles[note],
      url: this._url(note),
      day: first("day"),
      kind: first("kind"),
      service: first("service"),
      repository: first("repo"),
      owner: first("owner"),
      environment,
      elsewhere: environment === this._facts.usual ? "" : environment,
      verdict: first("verdict"),
      status: first("status"),
      outcome: first("outcome"),
      tags: this._columns.tag.written(note),
      needsReview: this._review[note] === 1,
      hasRollback: this._columns.has.written(note).includes("rollback"),
      held: terms.filter(({ item }) => !item.negated).flatMap((term) => heldBy(term, note)),
      excerpt: async () => (await wanted?.get(note)?.excerpt()) ?? [],
    };
  }

  _url(note) {
    const address = this._facts.addresses[note] ?? `${this._facts.ids[note]}/${this._facts.index}`;
    return new URL(`../${address}`, this._base).href;
  }

  /* Numbers behind those of the notes are of other pages, best first. */
  _pages({ wanted, unwanted }) {
    const found = [...(wanted ?? new Map()).values()].filter(
      ({ number }) => number >= this.count && !unwanted.some((each) => each.has(number)),
    );
    return found.map((each) => ({ shown: () => this._page(each) }));
  }

  async _page(found) {
    const [{ url, title }, excerpt] = await Promise.all([found.page(), found.excerpt()]);
    return { url: new URL(url, new URL(this._facts.top, this._base)).href, title, excerpt };
  }
}

const LETTER = /[\p{L}\p{N}]/u;
const isWanted = (item) => item.type !== "term" && !item.negated;
const isDay = (item) => item.type === "term" && !item.negated && /^(after|before)$/.test(item.key);
const nextYear = (year) => String(Number(year) + 1).padStart(4, "0");
const compared = (one, other) => (one < other ? -1 : one > other ? 1 : 0);

/* Tests set the clock by Date.now. */
function now() {
  return new Date(Date.now()).toISOString().slice(0, 10);
}

const byNumber = (found) => new Map(found.map((each) => [each.number, each]));

/* Conditions as masks over the notes. Those on one facet are one group, so that the facet's own
   counts can do without them. */
function grouped(terms, { wanted, unwanted }, count) {
  const groups = [];
  for (const { item, mask } of terms) {
    const held = item.negated ? mask.map((bit) => 1 - bit) : mask;
    const facet = facetOf(item);
    const known = facet && groups.find((group) => group.facet === facet);
    if (known) known.mask = known.mask.map((bit, note) => bit & held[note]);
    else groups.push({ facet, mask: held });
  }
  const added = (found, inside) => {
    const mask = new Uint8Array(count).fill(1 - inside);
    for (const note of found.keys()) if (note < count) mask[note] = inside;
    groups.push({ facet: null, mask });
  };
  if (wanted) added(wanted, 1);
  for (const found of unwanted) added(found, 0);
  return groups;
}

function facetOf(item) {
  if (item.negated) return null;
  if (isDay(item)) return "year";
  return FACETS.some(([key]) => key === item.key) ? item.key : null;
}

/* The folded values of a facet that a query asks for. */
function chosenOf(key, items) {
  if (key === "year") return new Set([yearOf(items)].filter(Boolean));
  const terms = items.filter((item) => item.key === key && !item.negated);
  return new Set(terms.flatMap((item) => item.values.map((each) => each.value)));
}

/* The year that a query asks for, when its days are the first of it and of the next. */
function yearOf(items) {
  const days = items.filter(isDay);
  const [after, before] = ["after", "before"].map((key) => days.find((item) => item.key === key));
  if (days.length !== 2 || !after || !before) return null;
  const year = after.values[0].value.slice(0, 4);
  const whole = after.values[0].value === `${year}-01-01`;
  return whole && before.values[0].value === `${nextYear(year)}-01-01` ? year : null;
}

function heldBy({ item, column }, note) {
  const name = item.own ? `x.${item.own}` : item.key;
  const shown = item.own ? (value) => value.slice(value.indexOf("=") + 1) : (value) => value;
  return column
    .meetingAt(item.key, item.values.map((each) => each.value), note)
    .slice(0, SHOWN_OF_A_KEY)
    .map((value) => ({ key: name, value: shown(value) }));
}

/* Facts of all notes in columns, newest note first, and which of them meet a value of a key. */

import { folded } from "./query.js";

/* For each key, whether one folded fact meets one value: the same rules as `model/keys.py`. */
export const HOLDS = {
  id: (fact, value) => fact.startsWith(value) || fact.endsWith(value),
  kind: same,
  owner: isPerson,
  author: isPerson,
  service: same,
  env: same,
  status: same,
  tag: same,
  stack: same,
  file: isPath,
  after: (fact, value) => fact >= value,
  before: (fact, value) => fact < value,
  verdict: same,
  flag: (fact, value) => fact.replaceAll("-", "_") === value.replaceAll("-", "_"),
  version: (fact, value) => fact.replace(/^v/, "") === value.replace(/^v/, ""),
  pr: isPullRequest,
  has: same,
  x: same,
  repo: same,
};

/* The column that a key asks; other keys have one of their own name. */
const COLUMN = { after: "day", before: "day" };
export const columnOf = (key) => COLUMN[key] ?? key;

function same(fact, value) {
  return fact === value;
}

function isPerson(person, wanted) {
  const open = person.indexOf("<");
  const name = (open < 0 ? person : person.slice(0, open)).trimEnd();
  const address = open < 0 ? "" : person.slice(open + 1).replace(/>+$/, "");
  const team = name.slice(name.lastIndexOf("/") + 1);
  if ([person, name, address, team].includes(wanted)) return true;
  return wanted.replace(/^@/, "") === name.replace(/^@/, "");
}

function isPath(path, wanted) {
  if (wanted.includes("*")) return fits(path, wanted.endsWith("/") ? `${wanted}*` : wanted);
  if (wanted.endsWith("/")) return path.startsWith(wanted);
  return path === wanted || path.endsWith(`/${wanted}`);
}

function fits(path, pattern) {
  const pieces = pattern.split("*");
  const [first, last] = [pieces.shift(), pieces.pop()];
  let at = `/${path}`.indexOf(`/${first}`);
  if (at < 0) return false;
  at += first.length;
  for (const piece of pieces) {
    const place = path.indexOf(piece, at);
    if (place < 0) return false;
    at = place + piece.length;
  }
  return path.endsWith(last) && path.length - last.length >= at;
}

function isPullRequest(address, wanted) {
  const number = wanted.replace(/^[#!]+/, "");
  if (/^\p{Nd}+$/u.test(number)) return address.split(/[/#!?=&]/).includes(number);
  return `/${address.replace(/\/+$/, "")}`.endsWith(`/${wanted.replace(/\/+$/, "")}`);
}

/* A column: its different values as written and folded, and for each note which of them it has. */
export class Column {
  constructor({ values, of }) {
    this.values = values;
    this.of = of;
  }

  get folded() {
    return (this._folded ??= this.values.map(folded));
  }

  /* The numbers of a note's values; a note may have none. */
  at(note) {
    const found = this.of[note];
    return typeof found === "number" ? (found < 0 ? [] : [found]) : found;
  }

  /* How many notes have each value. */
  get totals() {
    const totals = new Uint32Array(this.values.length);
    for (let note = 0; note < this.of.length; note++) for (const value of this.at(note)) totals[value] += 1;
    return totals;
  }

  /* A note's values as they are written. */
  written(note) {
    return this.at(note).map((number) => this.values[number]);
  }

  /* Those of a note's values that meet one of those wanted, as they are written. */
  meetingAt(key, wanted, note) {
    const good = (number) => wanted.some((value) => HOLDS[key](this.folded[number], value));
    return this.at(note).filter(good).map((number) => this.values[number]);
  }

  /* For each note, 1 when one of its values meets one of those wanted. */
  meeting(key, wanted) {
    const holds = HOLDS[key];
    const good = this.folded.map((fact) => fact !== "" && wanted.some((value) => holds(fact, value)));
    const found = new Uint8Array(this.of.length);
    for (let note = 0; note < found.length; note++) {
      if (this.at(note).some((number) => good[number])) found[note] = 1;
    }
    return found;
  }
}

/* The id of every note, from facts.json. */
export function identities(facts) {
  return new Column({ values: facts.ids, of: facts.ids.map((_, note) => note) });
}

/* The day that every note counts by: the one in its id, unless its own is given. */
export function days(facts) {
  const written = facts.ids.map(
    (id, note) => facts.days[note] || `${id.slice(0, 4)}-${id.slice(4, 6)}-${id.slice(6, 8)}`,
  );
  return coded(written);
}

/* The years of a column of days. */
export function years(days) {
  return coded(days.of.map((number) => days.values[number].slice(0, 4)));
}

/* A column from what is written for each note. */
function coded(written) {
  const numbers = new Map();
  const of = written.map((text) => {
    if (!numbers.has(text)) numbers.set(text, numbers.size);
    return numbers.get(text);
  });
  return new Column({ values: [...numbers.keys()], of });
}

/* Answers the search field of Material for MkDocs in place of its own worker. Messages are those of
   Material 9: 0 sets up, 1 is ready, 2 asks, 3 answers. Nothing is loaded before the first word.

   Material puts titles and texts into the page as HTML: whatever comes from a note is escaped here,
   and <p>, <br> and <mark> are all that is added. */
const [SETUP, READY, ASK, ANSWER] = [0, 1, 2, 3];
const NOTES = 8;
const PAGES = 6;
const SHOWN = 10; // Material shows more only to who scrolls, and the last one leads to all of them
const [LETTER, HIDDEN] = [/[\p{L}\p{N}]/u, /^\W+|\W+$/g];

let suggests = false;
let engine;
let excerpts;
let waiting = null;

addEventListener("message", ({ data: { type, data } }) => {
  if (type === SETUP) {
    suggests = data.options.suggest;
    postMessage({ type: READY });
  }
  if (type === ASK) {
    const isBusy = waiting !== null;
    waiting = data;
    if (!isBusy) answerAll();
  }
});

/* Only the last of what was typed meanwhile is answered. */
async function answerAll() {
  for (let asked = null; asked !== waiting; ) {
    asked = waiting;
    const data = await answered(asked).catch(failure);
    if (asked === waiting) postMessage({ type: ANSWER, data });
  }
  waiting = null;
}

async function answered(asked) {
  if (!asked.trim()) return { items: [], suggest: [] };
  await load();
  const answer = await engine.find(asked, { limit: NOTES, facets: false, instead: true });
  if (answer.problem) return { items: [[problem(answer.problem, asked)]], suggest: [] };
  const words = wordsOf(answer);
  const [notes, pages] = await Promise.all([
    Promise.all(answer.hits.map((hit) => note(hit, words))),
    sections(answer.pages.slice(0, PAGES), words),
  ]);
  // A page that is called what was asked for is wanted; any other may be one of many.
  const found = [...pages.filter((each) => each.isNamed), ...notes, ...pages.filter((each) => !each.isNamed)];
  const items = found.slice(0, SHOWN - 1);
  items.push(...(items.length ? [[everything(answer, asked)]] : nothing(answer, asked)));
  return { items, suggest: suggests ? suggestion(asked, answer.hits) : [] };
}

async function load() {
  engine ??= await import(new URL("engine.js", self.location)).then((module) => module.open());
  excerpts ??= await import(new URL("excerpts.js", self.location));
}

/* The search page says more about what is wrong. */
function failure(error) {
  console.error(error);
  return { items: [[entry({ title: "The search could not be loaded", text: error.message, url: page("") })]] };
}

function problem({ what, expected, hint }, asked) {
  return entry({ title: what, text: [hint, `Expected ${expected}.`].filter(Boolean).join(" "), url: page(asked) });
}

function wordsOf({ items }) {
  return items.filter((item) => item.type !== "term" && !item.negated && LETTER.test(item.raw)).map((item) => item.raw);
}

async function note(hit, words) {
  const held = hit.held.map(({ key, value }) => ({ text: `${key}:${value}`, marked: true }));
  const facts = [hit.day, hit.service, hit.elsewhere, engine.label("verdict", hit.verdict), hit.needsReview && "needs review"];
  const shown = [...facts.filter(Boolean).map((text) => ({ text, marked: false })), ...held];
  const lines = [shown.map((piece) => html([piece])).join(" · "), html(await hit.excerpt())];
  return [
    {
      ...entry({ title: hit.title, url: hit.url, words }),
      text: `<p>${lines.filter(Boolean).join("<br>")}</p>`,
      tags: hit.tags.length ? hit.tags.map(escaped) : undefined,
    },
  ];
}

/* Sections of one page stand below it, as Material shows them. */
async function sections(found, words) {
  const byPage = new Map();
  for (const { url, title, excerpt } of await Promise.all(found.map((each) => each.shown()))) {
    const [top] = url.split("#");
    const [name, ...section] = title.split(" > ");
    const isSection = top !== url;
    if (!byPage.has(top)) byPage.set(top, [entry({ title: isSection ? name : title, url: top, words })]);
    const items = byPage.get(top);
    const shown = { ...entry({ title: (isSection && section.join(" > ")) || title, url, words }), text: `<p>${html(excerpt)}</p>` };
    if (isSection) items.push(shown);
    else items[0] = shown;
    items.isNamed ||= words.every((word) => excerpts.marked(title, [word]).some((piece) => piece.marked));
  }
  return [...byPage.values()];
}

function everything({ total, pages }, asked) {
  const all = [total && counted(total, "note"), pages.length && counted(pages.length, "page")].filter(Boolean);
  // 60-search-field.js reads the count from here.
  return entry({ title: `All results, with filters: ${all.join(", ")}`, url: page(asked) });
}

/* What may be meant, and the search page, which says what fewer conditions would find. */
function nothing({ meant }, asked) {
  const offers = meant.map(({ text, total }) =>
    entry({ title: `Did you mean ${text}: ${counted(total, "note")}`, url: page(text) }),
  );
  // 60-search-field.js reads what it says above the list from here.
  const last = entry({ title: "Nothing found. Search with filters", url: page(asked) });
  return [...offers, last].map((each) => [each]);
}

const counted = (number, name) => `${number.toLocaleString("en")} ${name}${number === 1 ? "" : "s"}`;

function page(asked) {
  const address = new URL(`./${engine?.index ?? ""}`, self.location);
  if (asked) address.searchParams.set("query", asked);
  return address.href;
}

function entry({ title, text = "", url, words = [] }) {
  return {
    location: url,
    title: excerpts ? html(excerpts.marked(title, words)) : escaped(title),
    text: escaped(text),
    score: 1,
    terms: Object.fromEntries(words.map((word) => [word, true])),
  };
}

/* The word that is being typed, as the title of a hit has it. */
function suggestion(asked, hits) {
  const typed = asked.split(/[\s-]+/).at(-1);
  const words = hits.flatMap(({ title }) => title.toLowerCase().split(/\s+/)).map((word) => word.replace(HIDDEN, ""));
  const found = typed && words.find((word) => word.startsWith(typed) && word !== typed);
  return found ? [found] : [];
}

const html = (pieces) =>
  pieces.map(({ text, marked }) => (marked ? `<mark>${escaped(text)}</mark>` : escaped(text))).join("");

const escaped = (text) =>
  String(text).replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);

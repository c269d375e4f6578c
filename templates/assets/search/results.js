/* What was found, as rows of a list: what it is, and why it was found. */

import { counted, made, withMarks } from "./elements.js";
import { marked } from "./excerpts.js";

const VISIBLE = ["kind", "owner", "service", "repo", "status", "after", "before", "verdict"];
const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");
const PAGES = 5;

/* One note found; its excerpt comes when it is there. */
export function hitRow(hit, words, label) {
  const why = made("span", { class: "cn-hit__why" });
  hit.excerpt().then(
    (pieces) => why.append(...withMarks(pieces)),
    (error) => console.warn(`An excerpt of ${hit.id} could not be loaded: ${error.message}`),
  );
  const held = hit.held.filter(({ key }) => !VISIBLE.includes(key)).map(heldKey);
  return made(
    "li",
    { class: "cn-row cn-hit" },
    made("span", { class: "cn-row__day" }, made("time", { datetime: hit.day }, day(hit.day))),
    made(
      "span",
      { class: "cn-row__main" },
      made("a", { class: "cn-row__title", href: hit.url }, titleOf(hit, words)),
      badges(hit, label),
      why,
      made("span", { class: "cn-hit__why" }, held),
      made("span", { class: "cn-row__about" }, about(hit)),
    ),
    made("span", { class: "cn-row__verdict" }, verdict(hit, label)),
  );
}

function titleOf({ title }, words) {
  return words.length ? withMarks(marked(title, words)) : title;
}

function badges(hit, label) {
  const status = hit.status !== "shipped" && badge(hit.status, label("status", hit.status));
  return [status, hit.needsReview && badge("flag", "needs review")].filter(Boolean).flatMap(spaced);
}

const spaced = (element) => [" ", element];
const badge = (name, text) => made("span", { class: `cn-badge cn-badge--${name}` }, text);

function verdict(hit, label) {
  if (hit.outcome) return badge(hit.outcome, label("outcome", hit.outcome));
  if (!hit.verdict) return "";
  const name = `cn-verdict cn-verdict--${hit.verdict}`;
  return made("span", { class: name }, label("verdict", hit.verdict));
}

function about(hit) {
  const repository = hit.repository === hit.service ? "" : hit.repository;
  const facts = [repository, hit.service, hit.kind, hit.owner, hit.elsewhere].filter(Boolean).join(" · ");
  const undo =
    hit.hasRollback &&
    made("a", { class: "cn-hit__undo", href: `${hit.url}#rollback`, "aria-label": `how to undo it: ${hit.title}` },
      "↩ how to undo it");
  return [facts, undo && facts ? " · " : "", undo || ""];
}

function heldKey({ key, value }) {
  return made("span", { class: "cn-hit__held" }, key, " ", made("code", {}, value));
}

/* `22 Nov 2026`; a day that is none as it is. */
function day(iso) {
  const [year, month, number] = iso.split("-").map(Number);
  return MONTHS[month - 1] ? `${number} ${MONTHS[month - 1]} ${year}` : iso;
}

/* The site's other pages, a few of them, behind the notes. */
export async function pageRows(pages) {
  const shown = await Promise.all(pages.slice(0, PAGES).map((page) => page.shown()));
  const rows = shown.map(({ url, title, excerpt }) =>
    made(
      "li",
      { class: "cn-row cn-hit" },
      made(
        "span",
        { class: "cn-row__main" },
        made("a", { class: "cn-row__title", href: url }, title),
        made("span", { class: "cn-hit__why" }, withMarks(excerpt)),
      ),
    ),
  );
  const left = pages.length - rows.length;
  return { rows, more: left > 0 ? `${counted(left, "more page")} of this site match.` : "" };
}

/* When nothing was found: what would find something. */
export function insteadRows({ instead, meant, items }, ask) {
  if (!items.length) return [made("p", {}, "There is no note yet.")];
  const offer = (text, ...shown) =>
    made("li", {}, made("button", { type: "button", class: "cn-search__offer", onclick: () => ask(text) }, shown));
  const named = (before, name, total) => [before, made("code", {}, name), `: ${counted(total, "note")}`];
  const spelled = meant.map(({ text, total }) => offer(text, ...named("Did you mean ", text, total)));
  const offers = instead.filter(({ text }) => text.trim()).map(({ text, asked, total }) =>
    offer(text, ...named("Without ", asked, total)),
  );
  const tip = items.length > 1 && !offers.length ? "None of it is in any note." : "";
  const fewer = made("p", {}, `${tip} A word finds what begins with it: fewer letters find more.`.trim());
  const list = made("ul", { class: "cn-plain" }, offers, offer("", "Show all notes"));
  return [...(spelled.length ? [made("ul", { class: "cn-plain" }, spelled)] : []), fewer, list];
}

/* The search page: a box, facets and results. The address holds the query, so that it can be shared
   and the way back works. Builders that replace pages without loading them anew are served too. */

import { counted, made, withCode } from "./elements.js";
import { open } from "./engine.js";
import { Facets } from "./facets.js";
import { hitRow, insteadRows, pageRows } from "./results.js";

const FIRST = 20;
const TYPING_MS = 50; // a pause of so long, and what was typed is looked for
const PROBLEM_MS = 700; // half a query is no mistake yet
const BUSY_MS = 300; // an answer that takes longer says that it is looked for
const EXCERPTS_MS = 150; // rows wait so long for their excerpts, so that the list does not jump

let opening = null;

class SearchPage {
  constructor(root) {
    this._root = root;
    const part = (name) => root.querySelector(`[data-cn-part="${name}"]`);
    const names = ["form", "box", "problem", "notice", "count", "sort", "hits", "more", "pages", "instead", "facets", "filters", "chosen", "off", "clear"];
    for (const name of names) this[`_${name}`] = part(name);
    this._facetList = new Facets(this._facets, (facet, value) => this._toggle(facet, value));
    this._limit = FIRST;
    this._number = 0;
  }

  async begin() {
    this._listen();
    const typed = this._box.value; // before this script was there
    this._readAddress();
    this._box.value ||= typed;
    history.replaceState(history.state, "", this._address(this._box.value)); // see address.js
    try {
      this._engine = await (opening ??= open());
    } catch (error) {
      opening = null;
      this._fail(error);
      return;
    }
    this._root.classList.add("cn-search--on");
    this._invite();
    await this._search();
    this._engine.warm();
  }

  /* Who comes without a query has come to type one, unless that brings up a keyboard on the screen. */
  _invite() {
    const hasKeys = matchMedia("(hover: hover) and (pointer: fine)").matches;
    const isElsewhere = document.activeElement?.matches("input, textarea, select, [contenteditable]");
    if (!hasKeys || isElsewhere || this._box.value || location.hash) return;
    this._box.focus({ preventScroll: true });
    this._isInvited = true;
  }

  /* The key that leads to the box is pressed from habit by who is there already. */
  _isHabit(event) {
    const isHabit = this._isInvited && event.key === "/" && !this._box.value;
    this._isInvited = false;
    return isHabit;
  }

  _fail(error) {
    this._root.classList.add("cn-search--failed");
    this._off.append(made("p", { class: "cn-small" }, String(error.message)));
  }

  _listen() {
    const here = new AbortController();
    const on = (target, name, act) =>
      target.addEventListener(
        name,
        (event) => {
          if (this._root.isConnected) act(event);
          else here.abort();
        },
        { signal: here.signal },
      );
    on(this._box, "input", () => this._typed());
    on(this._form, "submit", (event) => this._submitted(event));
    on(this._more, "click", () => this._showMore());
    on(this._root, "click", (event) => this._clicked(event));
    on(this._root, "keydown", (event) => this._moved(event));
    on(this._box, "keydown", (event) => this._isHabit(event) && event.preventDefault());
    on(window, "popstate", () => this._wentBack());
    const wide = matchMedia("(min-width: 60em)");
    const folds = () => (this._filters.open = wide.matches);
    on(wide, "change", folds);
    folds();
  }

  _readAddress() {
    const asked = new URLSearchParams(location.search);
    this._box.value = asked.get("q") ?? asked.get("query") ?? "";
    this._sortBy = ["rank", "date"].includes(asked.get("sort")) ? asked.get("sort") : "";
  }

  _wentBack() {
    this._isTyping = false;
    this._readAddress();
    this._limit = FIRST;
    this._search();
  }

  _typed() {
    clearTimeout(this._timer);
    this._timer = setTimeout(() => this._ask(this._box.value, { typing: true }), TYPING_MS);
  }

  _submitted(event) {
    event.preventDefault();
    clearTimeout(this._timer);
    this._ask(this._box.value);
    this._showProblem();
  }

  _toggle(facet, value) {
    this._ask(this._engine.toggled(this._box.value, facet, value));
  }

  _clicked(event) {
    const sort = event.target.closest("[data-cn-sort]");
    const example = event.target.closest("[data-cn-query]");
    if (sort) {
      this._sortBy = sort.dataset.cnSort;
      this._ask(this._box.value);
    } else if (example && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      event.stopPropagation(); // the theme would load this page anew
      this._ask(example.dataset.cnQuery);
      this._box.focus();
    } else if (event.target.closest('[data-cn-part="clear"]')) {
      this._ask("");
      this._box.focus();
    }
  }

  /* Search for a text; while somebody types, the address changes but makes one step back only. */
  _ask(text, { typing = false } = {}) {
    if (this._box.value !== text) this._box.value = text;
    const address = this._address(text);
    if (address.href !== location.href) {
      const change = typing && this._isTyping ? "replaceState" : "pushState";
      history[change](history.state, "", address);
    }
    this._isTyping = typing;
    this._limit = FIRST;
    return this._search();
  }

  _address(text) {
    const address = new URL(location.href);
    for (const name of ["q", "query", "sort"]) address.searchParams.delete(name);
    if (text.trim()) address.searchParams.set("q", text);
    if (this._sortBy) address.searchParams.set("sort", this._sortBy);
    return address;
  }

  async _search() {
    if (!this._engine) return;
    const number = ++this._number;
    const wanted = { sort: this._sortBy, limit: this._limit, instead: true };
    let answer;
    clearTimeout(this._busyTimer);
    this._busyTimer = setTimeout(() => this._root.classList.add("cn-search--busy"), BUSY_MS);
    try {
      answer = await this._engine.find(this._box.value, wanted);
    } catch (error) {
      answer = { problem: { what: error.message, expected: "", hint: "Reload the page to try again." } };
    }
    if (number !== this._number) return;
    clearTimeout(this._busyTimer);
    this._root.classList.remove("cn-search--busy");
    if (answer.problem) this._hasProblem(answer.problem);
    else await this._show(answer, number);
  }

  _hasProblem(problem) {
    this._problemNow = problem;
    clearTimeout(this._problemTimer);
    this._problemTimer = setTimeout(() => this._showProblem(), this._isTyping ? PROBLEM_MS : 0);
  }

  _showProblem() {
    clearTimeout(this._problemTimer);
    const problem = this._problemNow;
    this._problem.hidden = !problem;
    this._box.setAttribute("aria-invalid", String(Boolean(problem)));
    this._root.classList.toggle("cn-search--refused", Boolean(problem)); // no list is its answer
    if (!problem) return;
    delete this._root.dataset.cnShown;
    const { what, expected, hint } = problem;
    const line = expected && `Expected ${expected}.`;
    const rest = [line, hint].filter(Boolean).join(" ");
    this._problem.replaceChildren(made("strong", {}, ...withCode(`${what}.`)), " ", ...withCode(rest));
  }

  async _show(answer, number) {
    this._problemNow = null;
    this._showProblem();
    const words = answer.items.filter((item) => item.type !== "term" && !item.negated);
    const label = (facet, value) => this._engine.label(facet, value);
    const rows = answer.hits.map((hit) => hitRow(hit, words.map((item) => item.raw), label));
    const excerpts = Promise.all(answer.hits.map((hit) => hit.excerpt().catch(() => [])));
    const [pages] = await Promise.all([
      pageRows(answer.pages),
      Promise.race([excerpts, new Promise((done) => setTimeout(done, EXCERPTS_MS))]),
    ]);
    if (number !== this._number) return;
    this._hits.replaceChildren(...rows);
    this._facetList.show(answer.facets);
    this._tell(answer, words.length > 0);
    this._showPages(pages);
    this._instead.replaceChildren(
      ...(answer.total || pages.rows.length ? [] : insteadRows(answer, (text) => this._ask(text))),
    );
    this._root.dataset.cnShown = answer.text; // what is shown, for tests and styles
    excerpts.then(() => number === this._number && (this._root.dataset.cnComplete = answer.text));
  }

  _tell(answer, hasWords) {
    const { total, hits, sort } = answer;
    const order = sort === "date" ? ", newest first" : ", best match first";
    this._count.textContent = total ? counted(total, "note") + (total > 1 ? order : "") : "No note matches";
    for (const button of this._sort.querySelectorAll("[data-cn-sort]")) {
      button.setAttribute("aria-pressed", String(button.dataset.cnSort === sort));
    }
    const chosen = answer.facets.flatMap((facet) => facet.values.filter((each) => each.chosen));
    this._chosen.textContent = chosen.length ? `: ${chosen.map((each) => each.label).join(", ")}` : "";
    this._sort.hidden = total < 2 || !(hasWords || this._sortBy);
    this._clear.hidden = !answer.items.length;
    this._more.hidden = total <= hits.length;
    this._more.textContent = `Show more (${(total - hits.length).toLocaleString("en")} left)`;
    this._notice.replaceChildren(...notices(answer));
    this._notice.hidden = !this._notice.childNodes.length;
  }

  _showPages({ rows, more }) {
    this._pages.hidden = !rows.length;
    this._pages.querySelector("ul").replaceChildren(...rows);
    this._pages.querySelector("p").textContent = more;
  }

  async _showMore() {
    const before = this._hits.children.length;
    this._limit += FIRST * 2;
    await this._search();
    this._hits.children[before]?.querySelector("a")?.focus({ preventScroll: true });
  }

  /* Arrows, and j and k outside the box, go from one result to the next; Escape to the box. */
  _moved(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const links = [...this._root.querySelectorAll(".cn-hit .cn-row__title")];
    const inBox = event.target === this._box;
    const place = links.indexOf(event.target);
    if (!inBox && place < 0) return;
    const down = event.key === "ArrowDown" || (!inBox && event.key === "j");
    const up = !inBox && (event.key === "ArrowUp" || event.key === "k");
    const target = up || event.key === "Escape" ? (up && links[place - 1]) || this._box : links[place + 1];
    if (!(down || up || (event.key === "Escape" && !inBox)) || !target) return;
    event.preventDefault();
    event.stopPropagation();
    target.focus();
    target.scrollIntoView({ block: "nearest" });
  }
}

function notices({ words, ignored }) {
  const found = [];
  if (words === "titles") {
    found.push("Words are looked for in titles, services, owners, tags and ids alone: there is no index of all text.");
  }
  if (ignored.length) found.push(`Signs alone are not looked for: ${ignored.join(" ")}`);
  return found.map((text) => made("p", {}, text));
}

function start() {
  const root = document.querySelector("[data-cn-search]:not([data-cn-begun])");
  if (!root) return;
  root.dataset.cnBegun = "";
  new SearchPage(root).begin();
}

start();
window.document$?.subscribe(start);

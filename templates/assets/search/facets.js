/* The facets beside the results: real checkboxes, most frequent first, that keep the focus. */

import { made } from "./elements.js";

const FIRST = 6; // values shown of each facet, until asked for all

export class Facets {
  /* `toggle(facet, value)` is called when a value is chosen, or let go. */
  constructor(place, toggle) {
    this._place = place;
    this._toggle = toggle;
    this._all = new Set();
    this._parts = new Map();
  }

  show(facets) {
    this._shown = facets;
    for (const facet of facets) this._part(facet);
  }

  _part({ key, title, known, values }) {
    const part = this._parts.get(key) ?? this._newPart(key, title);
    const isAll = this._all.has(key);
    const shown = values.filter((each, place) => isAll || place < FIRST || each.chosen);
    part.root.hidden = !values.length || (known < 2 && !values.some((each) => each.chosen));
    part.more.hidden = shown.length === values.length && !isAll;
    part.more.textContent = isAll ? "Fewer" : `All ${values.length.toLocaleString("en")}`;
    part.more.setAttribute("aria-expanded", String(isAll));
    const rows = shown.map((each) => this._row(part, key, each));
    if (rows.some((row, place) => part.list.children[place] !== row)) keepingFocus(part.list, rows);
    while (part.list.children.length > rows.length) part.list.lastChild.remove();
  }

  _newPart(key, title) {
    const list = made("ul", { class: "cn-facet__values" });
    const more = made("button", { type: "button", class: "cn-facet__more" });
    const root = made("fieldset", { class: "cn-facet" }, made("legend", {}, title), list, more);
    more.addEventListener("click", () => {
      if (!this._all.delete(key)) this._all.add(key);
      this.show(this._shown);
    });
    const part = { root, list, more, rows: new Map() };
    this._parts.set(key, part);
    this._place.append(root);
    return part;
  }

  _row(part, key, { value, label, count, chosen }) {
    const row = part.rows.get(value) ?? this._newRow(part, key, value, label);
    row.box.checked = chosen;
    row.count.textContent = count.toLocaleString("en");
    return row.root;
  }

  _newRow(part, key, value, label) {
    const box = made("input", { type: "checkbox", onchange: () => this._toggle(key, value) });
    const count = made("span", { class: "cn-facet__count" });
    const name = made("span", { class: "cn-facet__name" }, label);
    const root = made("li", {}, made("label", {}, box, name, " ", count));
    const row = { root, box, count };
    part.rows.set(value, row);
    return row;
  }
}

/* An element that is moved loses the focus. */
function keepingFocus(list, rows) {
  const focused = document.activeElement;
  list.replaceChildren(...rows);
  if (focused && list.contains(focused)) focused.focus({ preventScroll: true });
}

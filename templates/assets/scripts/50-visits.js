/* Marks what is new since the last visit. This browser remembers which notes the page showed, and
   nobody else is told. A visit lasts until the site was left alone for half an hour. */
(function () {
  var VISIT = 30 * 60 * 1000;

  /* { seen: ids before this visit, shown: ids up to now, at: the last look }; null when the browser
     keeps nothing. */
  function remembered(key) {
    try {
      var found = JSON.parse(localStorage.getItem(key));
      return found && Array.isArray(found.seen) && Array.isArray(found.shown) && found.at > 0 ? found : {};
    } catch (refused) {
      return refused instanceof SyntaxError ? {} : null;
    }
  }

  function remember(key, visit) {
    try {
      localStorage.setItem(key, JSON.stringify(visit));
    } catch (refused) {
      return;
    }
  }

  function unique(list) {
    return Array.from(new Set(list));
  }

  function mark(row) {
    var title = row.querySelector(".cn-row__title, .cn-last__title");
    var badge = document.createElement("span");
    badge.className = "cn-badge cn-badge--new";
    badge.textContent = "new";
    title.parentNode.insertBefore(badge, title.matches("a") ? title : null);
    if (!title.matches("a")) title.insertBefore(badge, title.firstChild);
  }

  function tell(place, ids, isAll, done) {
    var text = document.createElement("span");
    var button = document.createElement("button");
    text.textContent = ids.length + (isAll ? " or more" : "") + (ids.length === 1 && !isAll ? " note" : " notes") + " new since your last visit";
    button.type = "button";
    button.textContent = "Mark all as seen";
    button.addEventListener("click", done);
    place.replaceChildren(text, button);
    place.hidden = false;
  }

  changenote.onPage(function () {
    var page = document.querySelector("[data-cn-visit]");
    var place = page && page.querySelector("[data-cn-new]");
    if (!place || !place.hidden) return;
    var key = "changenote.visit:" + new URL(page.dataset.cnVisit, location.href).pathname;
    var visit = remembered(key);
    if (!visit) return;
    var rows = Array.from(page.querySelectorAll("[data-cn-note]"));
    var ids = unique(rows.map(function (row) { return row.dataset.cnNote; }));
    var isFirst = !visit.seen;
    var seen = isFirst ? ids : Date.now() - visit.at > VISIT ? visit.shown : visit.seen;
    remember(key, { seen: seen, shown: ids, at: Date.now() });

    var fresh = rows.filter(function (row) { return seen.indexOf(row.dataset.cnNote) < 0; });
    var count = ids.filter(function (id) { return seen.indexOf(id) < 0; });
    if (!count.length) return;
    fresh.forEach(mark);
    tell(place, count, count.length === ids.length, function () {
      remember(key, { seen: ids, shown: ids, at: Date.now() });
      page.querySelectorAll(".cn-badge--new").forEach(function (badge) { badge.remove(); });
      place.textContent = "All notes are marked as seen.";
    });
  });
})();

/* Material counts the results that it shows. Ours end with a link to all of them, which says how
   many there are: that stands above the list as well. Its tags are each a part of the page to those
   who hear it, and parts of one name: they are made plain text. It ends every address with the words
   to mark, also where there are none: such an ending is taken off. */
(function () {
  function plain(link) {
    var address = new URL(link.href);
    if (address.searchParams.get("h") !== "") return;
    address.searchParams.delete("h");
    link.href = address.href;
  }

  var result = document.querySelector("[data-md-component=search-result]");
  if (!result) return;
  var count = result.firstElementChild;
  var list = result.lastElementChild;
  new MutationObserver(function () {
    list.querySelectorAll("a[href*='h=']").forEach(plain);
    list.querySelectorAll("nav.md-tags").forEach(function (tags) { tags.setAttribute("role", "presentation"); });
    var last = list.querySelector(".md-search-result__item:last-child a[href*='/search/'][href*='query=']");
    var said = last && /^(?:All results, with filters: (.*)|(Nothing found))/.exec(last.querySelector("h1").textContent);
    if (last) count.textContent = said ? said[1] || said[2] : "This is no query";
  }).observe(list, { childList: true });
})();

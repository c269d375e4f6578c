/* `/` goes to the search field that a page has of its own, before the theme's. */
(function () {
  function field() {
    return document.querySelector("[data-cn-slash]");
  }

  function isWriting(element) {
    return element.isContentEditable || /^(input|textarea|select)$/i.test(element.tagName);
  }

  changenote.onPage(function () {
    var hint = field() && field().parentNode.querySelector("kbd");
    if (hint) hint.hidden = false;
  });

  window.addEventListener("keydown", function (event) {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
    if (!field() || isWriting(event.target)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    field().focus();
    field().select();
  }, true);
})();

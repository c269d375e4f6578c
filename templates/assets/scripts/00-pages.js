/* `changenote.onPage(show)` calls `show` for the page now shown and, because Material's instant
   navigation replaces pages without loading them anew, for every one that comes after it. Where
   pages bring this script themselves, and one replaces another, only the first one counts. Pages
   are complete without any of these scripts. */
var changenote = window.changenote ? { onPage: function () {} } : {
  onPage: function (show) {
    if (window.document$) window.document$.subscribe(show);
    else if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", show);
    else show();
  },
};

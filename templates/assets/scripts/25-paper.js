/* What a sheet of paper needs and a screen does not: where it is from, and where its links go. */
changenote.onPage(function () {
  document.querySelectorAll("[data-cn-address]").forEach(function (place) {
    place.textContent = location.href.replace(/#.*/, "");
  });
  document.querySelectorAll(".cn-rollback dd a, .cn-rollback .cn-step a").forEach(function (link) {
    if (link.textContent !== link.href) link.dataset.cnGoesTo = " (" + link.href + ")";
  });
});

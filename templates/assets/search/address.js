/* Material for MkDocs opens its own search over a page that is loaded with `?q=`. So the query goes by
   another name until that has passed; page.js gives it its own name back. */
(function () {
  var address = new URL(location.href);
  if (!address.searchParams.has("q") || location.protocol === "file:") return;
  address.searchParams.set("query", address.searchParams.get("q"));
  address.searchParams.delete("q");
  history.replaceState(history.state, "", address);
})();

/* A field that leaves only the rollbacks of the services one looks for. */
(function () {
  var ENOUGH = 6;

  function filter(sheets, jumps, words) {
    var wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
    var left = 0;
    sheets.forEach(function (sheet, index) {
      var text = sheet.dataset.cnWords;
      var fits = wanted.every(function (word) { return text.indexOf(word) >= 0; });
      left += fits;
      sheet.hidden = !fits;
      jumps[index].forEach(function (jump) { jump.hidden = !fits; });
    });
    return left;
  }

  changenote.onPage(function () {
    var place = document.querySelector("nav[data-cn-filter]");
    var sheets = Array.from(document.querySelectorAll("section[data-cn-way]"));
    if (!place || sheets.length < ENOUGH || document.querySelector(".cn-filter")) return;
    var links = Array.from(place.querySelectorAll("[data-cn-way]"));
    var jumps = sheets.map(function (sheet) {
      return links.filter(function (link) { return link.dataset.cnWay === sheet.dataset.cnWay; });
    });
    sheets.forEach(function (sheet) {
      var parts = sheet.querySelectorAll("h2, .cn-way__title, .cn-facts, code");
      sheet.dataset.cnWords = Array.from(parts, function (part) { return part.textContent; }).join(" ").toLowerCase();
    });

    var box = document.createElement("p");
    var label = document.createElement("label");
    var input = document.createElement("input");
    var count = document.createElement("span");
    box.className = "cn-filter";
    label.className = "cn-unseen";
    label.htmlFor = input.id = "cn-filter";
    label.textContent = "Show only";
    input.type = "search";
    input.placeholder = "Service, title, owner or command";
    input.autocomplete = "off";
    input.spellcheck = false;
    input.setAttribute("data-cn-slash", "");
    count.className = "cn-small";
    count.setAttribute("role", "status");
    input.addEventListener("input", function () {
      var left = filter(sheets, jumps, input.value);
      count.textContent = input.value.trim() ? left + " of " + sheets.length : "";
    });
    box.append(label, input, count);
    place.before(box);
  });
})();

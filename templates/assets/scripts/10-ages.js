/* Says beside a date how long ago it was. Pages are made without a clock, so that the same notes
   give the same pages. */
(function () {
  var units = [["year", 31557600], ["month", 2629800], ["day", 86400], ["hour", 3600], ["minute", 60]];
  var words = new Intl.RelativeTimeFormat("en", { numeric: "always" });

  function age(seconds) {
    for (var i = 0; i < units.length; i++) {
      if (seconds >= units[i][1]) return words.format(-Math.floor(seconds / units[i][1]), units[i][0]);
    }
    return "just now";
  }

  changenote.onPage(function () {
    document.querySelectorAll("time[data-cn-age]").forEach(function (time) {
      var seconds = (Date.now() - Date.parse(time.dateTime)) / 1000;
      if (!(seconds >= 0)) return;
      time.removeAttribute("data-cn-age");
      var note = document.createElement("span");
      note.className = "cn-age";
      note.textContent = " (" + age(seconds) + ")";
      time.appendChild(note);
      var place = time.closest("[data-cn-stale-after]"); // days, as the checks have them
      if (place && seconds > place.dataset.cnStaleAfter * 86400) place.classList.add("cn-warn");
    });
  });
})();

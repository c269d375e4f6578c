/* A button that copies, on everything marked `data-cn-copy`, and below `data-cn-copy-all` one for
   all steps of the list before it. Themes have such buttons only with some options set; these are
   there in all of them. Without scripts, or where a browser forbids it, text is selected by hand. */
(function () {
  var SECONDS = 2;
  var LETTERS = 40; // of a command, for those who hear the names of buttons

  // Browsers keep the clipboard from pages without https; the old way still works there.
  function copyTheOldWay(text) {
    var box = document.createElement("textarea");
    box.value = text;
    box.readOnly = true;
    box.style.cssText = "position:fixed;top:0;opacity:0";
    document.body.appendChild(box);
    box.select();
    var done = document.execCommand("copy");
    box.remove();
    return done ? Promise.resolve() : Promise.reject();
  }

  function copy(text) {
    if (!navigator.clipboard) return copyTheOldWay(text);
    return navigator.clipboard.writeText(text).catch(function () { return copyTheOldWay(text); });
  }

  function selectAll(codes) {
    var range = document.createRange(), chosen = window.getSelection();
    range.setStartBefore(codes[0]);
    range.setEndAfter(codes[codes.length - 1]);
    chosen.removeAllRanges();
    chosen.addRange(range);
  }

  // A line break at the end would run the last command as soon as it is pasted.
  function textOf(codes) {
    return codes.map(function (code) { return code.textContent.replace(/\n+$/, ""); }).join("\n");
  }

  function button(words, more, codes) {
    var made = document.createElement("button"), shown = document.createElement("span");
    var unseen = document.createElement("span");
    made.type = "button";
    made.className = "cn-copy";
    shown.textContent = words;
    shown.setAttribute("aria-live", "polite");
    unseen.className = "cn-unseen";
    unseen.textContent = more;
    made.append(shown, unseen);
    var waiting;
    function says(text, name) {
      clearTimeout(waiting);
      shown.textContent = text;
      made.classList.add(name);
      waiting = setTimeout(function () {
        shown.textContent = words;
        made.classList.remove("cn-copy--done", "cn-copy--failed");
      }, SECONDS * 1000);
    }
    made.addEventListener("click", function () {
      copy(textOf(codes)).then(
        function () { made.focus(); says("Copied", "cn-copy--done"); },
        function () { selectAll(codes); says("Selected, copy it by hand", "cn-copy--failed"); }
      );
    });
    return made;
  }

  changenote.onPage(function () {
    document.querySelectorAll(".cn [data-cn-copy]").forEach(function (place) {
      var step = place.closest(".cn-step");
      var number = step ? Array.prototype.indexOf.call(step.parentNode.children, step) + 1 : 0;
      place.removeAttribute("data-cn-copy");
      var code = place.querySelector("code");
      var what = number ? "step " + number : code.textContent.trim().split("\n")[0].slice(0, LETTERS);
      // The first lines of a command flow round it, also on a phone.
      place.prepend(button("Copy", " " + what, [code]));
    });
    document.querySelectorAll(".cn [data-cn-copy-all]").forEach(function (place) {
      var codes = Array.from(place.previousElementSibling.querySelectorAll(".cn-step code"));
      place.removeAttribute("data-cn-copy-all");
      place.appendChild(button("Copy all " + codes.length + " commands", "", codes));
    });
  });
})();

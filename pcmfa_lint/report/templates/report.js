"use strict";
(() => {
  const form = document.getElementById("filter");
  if (!form) return;
  const text = document.getElementById("text");
  const rule = document.getElementById("rule");
  const shown = document.getElementById("shown");
  const nothing = document.getElementById("nothing");
  const levels = [...form.querySelectorAll("[name=level]")];
  const cards = [...document.querySelectorAll("article")].map((element) => ({
    element,
    level: element.dataset.level,
    rule: element.dataset.rule,
    words: element.textContent.toLowerCase(),
  }));
  const boxes = [...document.querySelectorAll(".fix"), ...document.querySelectorAll("section.rule")];

  const apply = () => {
    const wanted = text.value.toLowerCase().split(/\s+/).filter(Boolean);
    const allowed = new Set(levels.filter((box) => box.checked).map((box) => box.value));
    let count = 0;
    for (const card of cards) {
      const fits =
        allowed.has(card.level) &&
        (!rule.value || rule.value === card.rule) &&
        wanted.every((word) => card.words.includes(word) || card.rule.toLowerCase().includes(word));
      card.element.hidden = !fits;
      count += fits;
    }
    for (const box of boxes) box.hidden = !box.querySelector("article:not([hidden])");
    shown.textContent = `${count} of ${cards.length} shown`;
    nothing.hidden = count > 0;
  };

  form.hidden = false;
  form.addEventListener("input", apply);
  form.addEventListener("submit", (event) => event.preventDefault());
  apply(); // the browser may have kept what was typed
})();

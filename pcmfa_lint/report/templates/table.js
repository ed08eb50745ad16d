"use strict";
(() => {
  const order = new Intl.Collator("en", { numeric: true, sensitivity: "base" });
  const textOf = (cell) => cell.textContent.trim();

  const sort = (table, heads, column) => {
    const head = heads[column];
    const down = head.getAttribute("aria-sort") === "ascending";
    for (const each of heads) each.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
    const key = (row) => row.cells[column].dataset.key ?? textOf(row.cells[column]);
    const rows = [...table.tBodies[0].rows].map((row) => [key(row), row]);
    const by = ([a], [b]) => (a === "") - (b === "") || (down ? order.compare(b, a) : order.compare(a, b));
    table.tBodies[0].append(...rows.sort(by).map(([, row]) => row));
  };

  for (const table of document.querySelectorAll("table[data-sort]")) {
    const heads = [...table.tHead.rows[0].cells];
    heads.forEach((head, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...head.childNodes);
      button.addEventListener("click", () => sort(table, heads, column));
      head.append(button);
    });
  }

  const columns = document.getElementById("columns");
  if (columns) {
    const table = document.getElementById("entries");
    const words = columns.textContent;
    const show = (all) => {
      table.classList.toggle("few", !all);
      columns.setAttribute("aria-pressed", String(all));
      columns.textContent = all ? "Show the first columns only" : words;
    };
    columns.hidden = false;
    columns.addEventListener("click", () => show(columns.getAttribute("aria-pressed") !== "true"));
    show(false);
  }

  const form = document.getElementById("filter");
  if (!form) return;
  const text = document.getElementById("text");
  const shown = document.getElementById("shown");
  const nothing = document.getElementById("nothing");
  const selects = [...form.querySelectorAll("select")];
  const entries = [...document.getElementById("entries").tBodies[0].rows].map((row) => {
    const section = row.dataset.for ? document.getElementById(row.dataset.for) : null;
    return {
      parts: section ? [row, section] : [row],
      words: (row.textContent + " " + (section?.textContent ?? "")).toLowerCase(),
      values: selects.map((select) => textOf(row.cells[select.dataset.column]).split("; ").map((each) => each.trim())),
    };
  });

  const apply = () => {
    const wanted = text.value.toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    for (const entry of entries) {
      const fits =
        selects.every((select, number) => !select.value || entry.values[number].includes(select.value)) &&
        wanted.every((word) => entry.words.includes(word));
      for (const part of entry.parts) part.hidden = !fits;
      count += fits;
    }
    shown.textContent = `${count} of ${entries.length} shown`;
    nothing.hidden = count > 0;
  };

  form.hidden = false;
  form.addEventListener("input", apply);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(apply));
  addEventListener("hashchange", () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target?.closest("[hidden]")) return;
    form.reset(); // what a link leads to is shown, whatever the filter says
    apply();
    target.scrollIntoView();
  });
  apply(); // the browser may have kept what was typed
})();

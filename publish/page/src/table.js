// A table that sorts by its headings, shows a page of rows at a time, and saves as CSV. On a
// phone each row is a small card with its labels, and a list takes the place of the headings.

import { csv, download } from "./csv.js";
import { el, replace } from "./dom.js";
import * as format from "./format.js";
import { language, t } from "./i18n.js";
import { choice, empty, field } from "./parts.js";

/**
 * Make a table.
 *
 * columns: key, label, value(row) to sort and save, show(row) to see, number: true for figures,
 *   tight: true for what stays on one line, hidden: true for one that is only saved
 * options: caption, rows, page (rows at a time), file (name of the CSV), sorted ([key,
 *   descending]), nothing (what to say where there are no rows), mark(row): class of a row
 */
export function table(columns, options) {
  const { caption, rows, page = 12, file, nothing = t("nothing"), mark } = options;
  const value = (column, row) => (column.value ? column.value(row) : row[column.key]);
  let [sortedBy, descending] = options.sorted ?? [null, false];
  let shown = page;
  const seen = columns.filter((column) => !column.hidden);
  // Rows that are cards are no rows any more to who can't see them, unless they say so.
  const body = el("tbody", { role: "rowgroup" });
  const more = el("div", { class: "more" });
  const headings = seen.map((column) =>
    el("th", { scope: "col", role: "columnheader", class: column.number ? "number" : null },
      column.label
        ? el("button", { type: "button", on: { click: () => sortBy(column) } }, column.label,
            el("span", { class: "sort", "aria-hidden": "true" }))
        : el("span", { class: "unseen" }, column.spoken ?? "")));

  function sortBy(column) {
    descending = sortedBy === column.key ? !descending : Boolean(column.number);
    sortedBy = column.key;
    draw();
  }

  function ordered() {
    const column = columns.find((each) => each.key === sortedBy);
    if (!column) return rows;
    const sign = descending ? -1 : 1;
    const collator = new Intl.Collator(language(), { numeric: true });
    return rows
      .map((row, place) => ({ row, place, key: value(column, row) }))
      .sort((one, other) => {
        const missing = (one.key ?? null) === null ? 1 : 0;
        const otherMissing = (other.key ?? null) === null ? 1 : 0;
        if (missing || otherMissing) return missing - otherMissing || one.place - other.place;
        const order = typeof one.key === "number"
          ? one.key - other.key : collator.compare(one.key, other.key);
        return sign * order || one.place - other.place;
      })
      .map((each) => each.row);
  }

  function draw() {
    const sorted = ordered();
    headings.forEach((heading, place) => {
      const isSorted = seen[place].key === sortedBy;
      heading.setAttribute("aria-sort",
        isSorted ? (descending ? "descending" : "ascending") : "none");
    });
    replace(body, sorted.slice(0, shown).map((row) =>
      el("tr", { role: "row", class: mark?.(row) ?? null }, seen.map((column, place) =>
        el(place === 0 ? "th" : "td", {
          role: place === 0 ? "rowheader" : "cell", scope: place === 0 ? "row" : null,
          class: column.number ? "number" : column.tight ? "tight" : null,
          "data-label": column.label || null,
        }, column.show ? column.show(row) : value(column, row))))));
    replace(more,
      sorted.length > shown && el("button", {
        type: "button", class: "quiet",
        on: { click: () => { shown += 50; draw(); } },
      }, t("more", { rest: format.number(sorted.length - shown) })),
      file && el("button", { type: "button", class: "quiet", on: { click: save } },
        t("csv", { rows: format.number(rows.length) })));
  }

  function save() {
    const kept = columns.filter((column) => column.save !== false);
    download(`${file}.csv`, csv(kept.map((column) => column.key),
      ordered().map((row) => kept.map((column) => value(column, row)))));
  }

  if (!rows.length) return empty(nothing);
  draw();
  const stacks = seen.length > 3;
  return el("div", { class: stacks ? "tabled stacks" : "tabled" },
    stacks && rows.length > 1 && sorter(),
    el("div", { class: "scrolled", tabindex: "0", role: "region", "aria-label": caption },
      el("table", { role: "table" }, el("caption", { class: "unseen" }, caption),
        el("thead", { role: "rowgroup" }, el("tr", { role: "row" }, headings)), body)),
    more);

  /** What sorts where there is no room for headings. */
  function sorter() {
    const named = seen.filter((column) => column.label);
    return field(t("sort"), choice(
      [["", "–"], ...named.map((column) => [column.key, column.label])], sortedBy ?? "",
      (key) => key && sortBy(named.find((column) => column.key === key)),
    ), "sorter");
  }
}

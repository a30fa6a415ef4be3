// Who goes first when something is scarce, and who is due for a contact.

import { plain } from "../combobox.js";
import { el, replace } from "../dom.js";
import * as format from "../format.js";
import { t, word } from "../i18n.js";
import { card, choice, chip, clientLink, empty, field, segments } from "../parts.js";
import { table } from "../table.js";

// So many places above and below the line are shown first.
const NEAR = 8;

export function priority(app) {
  const { model, board } = app;
  return { element: el("div", { class: "panel" }, queue(model, board), agenda(model, board)) };
}

function queue(model, board) {
  const rows = board.part("queue");
  const benefits = [...new Set(rows.map((each) => each.benefit))];
  if (!benefits.length) return card(t("queue"), null, empty(t("queue.none")));
  let benefit = benefits[0];
  let extent = "line";
  const shown = el("div", {});

  function draw() {
    const line = model.rules.benefits.find((each) => each.benefit === benefit);
    const queued = rows.filter((each) => each.benefit === benefit);
    const capacity = queued[0]?.capacity_per_period ?? line?.capacity_per_period;
    const near = queued.filter((each) => each.place > capacity - NEAR && each.place <= capacity + NEAR);
    const isWhole = extent === "all" || near.length === queued.length || !near.length;
    const within = queued.filter((each) => each.is_within_capacity).length;
    replace(shown,
      el("div", { class: "tools" },
        benefits.length > 1 && field(t("benefit"), choice(benefits.map((each) => [each, each.replaceAll("_", " ")]), benefit,
          (value) => { benefit = value; draw(); })),
        near.length && near.length < queued.length
          ? segments(t("show"), [["line", t("queue.line")], ["all", t("all")]], extent, (value) => { extent = value; draw(); }) : null,
        el("p", { class: "summary" }, line?.description ? `${line.description}. ` : "",
          t("queue.summary", { within: format.number(within), capacity: format.number(capacity), queued: format.number(queued.length) }))),
      table([
        { key: "place", label: t("place"), number: true, show: (row) => format.number(row.place) },
        { key: "client_id", hidden: true, value: (row) => model.clients[row.client].client_id },
        { key: "client", label: t("client"), value: (row) => model.clients[row.client].client_name ?? model.clients[row.client].client_id,
          show: (row) => clientLink(model, row.client) },
        { key: "profile", label: t("profile"), value: (row) => board.describe(row.profile).rank ?? 999,
          show: (row) => chip(board, row.profile) },
        { key: "score", label: t("score"), number: true, show: (row) => format.number(row.score, 2) },
        { key: "is_within_capacity", label: t("queue.gets"), value: (row) => (row.is_within_capacity ? t("yes") : t("no")),
          show: (row) => el("span", { class: row.is_within_capacity ? "tag good" : "tag" }, row.is_within_capacity ? t("yes") : t("queue.waits")) },
        { key: "closing_sentence", label: t("queue.closing"), show: (row) => (row.closing_sentence
          ? el("span", { class: "sentence" }, row.closing_sentence) : format.NOTHING) },
        { key: "improvement_action", label: t("queue.action"), show: (row) => row.improvement_action ?? format.NOTHING },
      ], {
        caption: t("queue"), rows: isWhole ? queued : near, page: isWhole ? 50 : 2 * NEAR, file: `queue-${benefit}`, sorted: ["place", false],
        mark: (row) => (row.place === capacity ? "line" : row.is_within_capacity ? null : "faint"),
      }));
  }

  draw();
  return card(t("queue"), t("queue.note", { month: format.longMonth(model.periods[model.last]) }), shown);
}

function agenda(model, board) {
  const rows = board.part("agenda");
  if (!rows.length) return card(t("agenda"), null, empty(t("agenda.none")));
  const filters = { department: "", due: "due", words: "" };
  const shown = el("div", {});
  const departments = [...new Set(rows.map((each) => each.department))].sort();

  function draw() {
    const words = plain(filters.words);
    const found = rows.filter((each) => (!filters.department || each.department === filters.department)
      && (!filters.due || each.is_due)
      && (!words || plain(`${model.clients[each.client].client_id} ${model.clients[each.client].client_name} ${each.action}`).includes(words)));
    replace(shown, table([
      { key: "client_id", hidden: true, value: (row) => model.clients[row.client].client_id },
      { key: "client", label: t("client"), value: (row) => model.clients[row.client].client_name ?? model.clients[row.client].client_id,
        show: (row) => clientLink(model, row.client) },
      { key: "profile", label: t("profile"), value: (row) => board.describe(row.profile).rank ?? 999, show: (row) => chip(board, row.profile) },
      { key: "department", label: t("department"), value: (row) => word("department", row.department) },
      { key: "action", label: t("action"), show: (row) => el("span", { class: "sentence" }, row.action) },
      { key: "meeting_format", label: t("format"), tight: true, show: (row) => row.meeting_format ?? format.NOTHING },
      { key: "last_contact_on", label: t("last_contact"), tight: true, show: (row) => format.day(row.last_contact_on) },
      { key: "due_on", label: t("due"), tight: true, show: (row) => format.day(row.due_on) },
      { key: "days_overdue", label: t("overdue"), number: true, show: (row) => (row.days_overdue > 0 ? format.number(row.days_overdue) : format.NOTHING) },
    ], { caption: t("agenda"), rows: found, page: 15, file: `agenda-${board.name}`, sorted: ["days_overdue", true], nothing: t("agenda.nothing") }));
  }

  draw();
  const due = rows.filter((each) => each.is_due).length;
  return card(t("agenda"), t("agenda.note", { due: format.number(due), all: format.number(rows.length) }),
    el("div", { class: "tools" },
      field(t("department"), choice([["", t("all")], ...departments.map((each) => [each, word("department", each)])], "",
        (value) => { filters.department = value; draw(); })),
      field(t("show"), choice([["due", t("agenda.due")], ["", t("all")]], "due", (value) => { filters.due = value; draw(); })),
      field(t("words"), el("input", { type: "search", on: { input: (event) => { filters.words = event.target.value; draw(); } } }))),
    shown);
}

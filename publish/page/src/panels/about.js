// Where this comes from: the run, what it published, the rules and their changes.

import { el } from "../dom.js";
import * as format from "../format.js";
import { t, word } from "../i18n.js";
import { card, chip, clientLink, empty } from "../parts.js";
import { table } from "../table.js";

export function about(app) {
  const { model, board } = app;
  const { run, rules } = model;
  const labels = new Map(model.boards.map((each) => [each.name, each.label]));
  const facts = [
    [t("about.published"), `${format.day(run.published_at_utc)}, ${String(run.published_at_utc).slice(11, 16)} UTC`],
    [t("about.as_of"), format.day(run.as_of)],
    [t("about.last"), format.longMonth(model.periods[model.last])],
    [t("about.shown"), t("count.months", { count: model.periods.length })],
    [t("clients"), format.number(model.clients.length)],
    [t("about.rows"), format.number(run.row_count)],
    [t("about.revision"), el("code", {}, run.git_revision ?? "–")],
    [t("about.rules"), el("code", {}, run.rules_fingerprint)],
    [t("about.run"), el("code", {}, run.run_id)],
  ];
  const versions = rules.versions.filter((each) => each.scorecard === board.name);
  const element = el("div", { class: "panel" },
    el("div", { class: "two" },
      card(t("about.title"), t("about.note"), el("dl", { class: "facts" }, facts.map(([label, value]) =>
        el("div", {}, el("dt", {}, label), el("dd", {}, value))))),
      el("div", { class: "stack" },
        card(t("about.quality"), null, rules.quality === null ? empty(t("about.quality.none")) : quality(rules.quality)),
        card(t("about.tables"), null, table([
          { key: "table_name", label: t("table"), show: (row) => el("code", {}, row.table_name) },
          { key: "row_count", label: t("rows"), number: true, show: (row) => format.number(row.row_count) },
        ], { caption: t("about.tables"), rows: rules.published, page: 4, file: "publication_tables" })))),
    card(t("about.versions", { scorecard: board.label }), board.description, table([
      { key: "version", label: t("version") },
      { key: "status", label: t("status"), show: (row) => word("status", row.status) },
      { key: "effective_from", label: t("from"), tight: true, show: (row) => format.day(row.effective_from) },
      { key: "effective_to", label: t("until"), tight: true, show: (row) => format.day(row.effective_to) },
      { key: "confirmation_periods", label: t("about.confirmation"), number: true },
      { key: "minimum_tenure_months", label: t("about.tenure"), number: true },
      { key: "minimum_coverage", label: t("about.coverage"), number: true,
        value: (row) => row.minimum_coverage / 1_000_000,
        show: (row) => format.percent(row.minimum_coverage / 1_000_000, 0) },
      { key: "approved_by", label: t("about.approved"), show: (row) => row.approved_by ?? "–" },
      { key: "change_note", label: t("about.why") },
    ], { caption: t("about.versions", { scorecard: board.label }), rows: versions, file: "scorecard_versions" })),
    card(t("about.changes"), t("sentences.note"), table([
      { key: "changed_on", label: t("date"), tight: true, show: (row) => format.day(row.changed_on) },
      { key: "scorecard", label: t("scorecard"), show: (row) => labels.get(row.scorecard) ?? row.scorecard ?? "–" },
      { key: "sentence", label: t("about.change") },
      { key: "change_note", label: t("about.why"), show: (row) => row.change_note ?? "–" },
      { key: "approved_by", label: t("about.approved"), show: (row) => row.approved_by ?? "–" },
    ], { caption: t("about.changes"), rows: rules.changes, page: 8, file: "rule_changes", nothing: t("about.changes.none") })),
    card(t("about.hands"), null, table([
      { key: "client_id", label: t("client"), show: (row) => (model.byId.has(row.client_id)
        ? clientLink(model, model.byId.get(row.client_id).number) : row.client_id) },
      { key: "scorecard", label: t("scorecard"), show: (row) => labels.get(row.scorecard) ?? row.scorecard },
      { key: "profile", label: t("profile"), show: (row) => chip(model.board(row.scorecard), row.profile) },
      { key: "status", label: t("status"), show: (row) => word("status", row.status) },
      { key: "valid_from", label: t("from"), tight: true, show: (row) => format.day(row.valid_from) },
      { key: "valid_to", label: t("until"), tight: true, show: (row) => format.day(row.valid_to) },
      { key: "reason", label: t("about.why") },
      { key: "approved_by", label: t("about.approved") },
    ], { caption: t("about.hands"), rows: rules.overrides, file: "profile_overrides", nothing: t("about.hands.none") })));
  return { element };
}

function quality(rows) {
  if (!rows.length) return empty(t("about.quality.empty"));
  const names = Object.keys(rows[0]);
  return table(names.map((name) => ({
    key: name, label: name.replaceAll("_", " "), number: typeof rows[0][name] === "number",
    show: (row) => (typeof row[name] === "number" ? format.exactNumber(row[name])
      : typeof row[name] === "boolean" ? t(row[name] ? "yes" : "no") : row[name] ?? "–"),
  })), { caption: t("about.quality"), rows, file: "data_quality" });
}

// Where this comes from: the run, what it published, the rules and their changes.

import { el } from "../dom.js";
import * as format from "../format.js";
import { t, word } from "../i18n.js";
import { card, chip, clientLink } from "../parts.js";
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
      card(t("about.tables"), null, table([
          { key: "table_name", label: t("table"), show: (row) => el("code", {}, row.table_name) },
          { key: "row_count", label: t("rows"), number: true, show: (row) => format.number(row.row_count) },
        ], { caption: t("about.tables"), rows: rules.published, page: 6, file: "publication_tables" }))),
    quality(rules.quality),
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

/** What was checked in the data, what was found, and which rows. */
function quality({ checks, defects, all_defects: all }) {
  const found = checks.filter((each) => each.rows_defective > 0);
  const sum = (key) => format.number(checks.reduce((total, each) => total + each[key], 0));
  const count = { checks: format.number(checks.length), found: format.number(found.length) };
  const place = (row) => el("code", {}, row.table_name, ".", el("wbr"), row.column_name);
  const done = (row) => word("consequence", row.consequence);
  return card(t("about.quality"), found.length
    ? t("about.quality.found", { ...count, rows: sum("rows_excluded"), values: sum("values_emptied") })
    : t("about.quality.clean", count),
    table([
      { key: "column", label: t("about.quality.column"), value: (row) => `${row.table_name}.${row.column_name}`, show: place },
      { key: "says", label: t("about.quality.looks") },
      { key: "rows_defective", label: t("about.quality.rows"), number: true, show: (row) => format.number(row.rows_defective) },
      { key: "rows_checked", label: t("about.quality.checked"), number: true, show: (row) => format.number(row.rows_checked) },
      { key: "clients", label: t("clients"), number: true, show: (row) => format.number(row.clients) },
      { key: "consequence", label: t("about.quality.done"), show: done },
      { key: "criteria", label: t("about.quality.criteria"), show: (row) => row.criteria ?? "–" },
      { key: "rows_excluded", hidden: true },
      { key: "values_emptied", hidden: true },
    ], { caption: t("about.quality"), rows: checks, page: Math.min(Math.max(found.length, 4), 12), file: "data_quality",
      nothing: t("about.quality.none"), mark: (row) => (found.length && !row.rows_defective ? "faint" : null) }),
    all > 0 && el("h3", {}, t("about.quality.defects", { shown: format.number(defects.length), all: format.number(all) })),
    all > 0 && table([
      { key: "row_key", label: t("about.quality.row"), show: (row) => row.row_key ?? "–" },
      { key: "column", label: t("about.quality.column"), value: (row) => `${row.table_name}.${row.column_name}`, show: place },
      { key: "value", label: t("about.quality.value"), show: (row) => row.value ?? "–" },
      { key: "says", label: t("about.quality.looks") },
      { key: "client_id", label: t("client"), show: (row) => row.client_id ?? "–" },
      { key: "consequence", label: t("about.quality.done"), show: done },
    ], { caption: t("about.quality.title"), rows: defects, page: 8, file: "data_defects" }));
}

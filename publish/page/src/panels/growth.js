// How the profiles grow, what is expected, and which groups bring which clients.

import { chart } from "../charts.js";
import { INK, LINE, MUTED } from "../colour.js";
import { el, replace } from "../dom.js";
import * as format from "../format.js";
import { t, word } from "../i18n.js";
import { card, choice, chip, empty, field, interval, segments } from "../parts.js";
import { table } from "../table.js";

const MEASURES = { clients: "clients", share: "share_of_clients", revenue: "revenue" };

export function growth(app) {
  const { model, board } = app;
  const rows = board.part("growth");
  const periods = [...new Set(rows.map((each) => each.period_start))].sort();
  const hasRevenue = rows.some((each) => each.revenue !== null);
  let measure = "clients";
  let dimension = null;
  let stage = "ever";
  const lines = chart(t("growth.chart"), innerWidth < 700 ? 340 : 420);
  const measures = el("div", {});
  const attraction = el("div", {});

  function show(value) {
    return measure === "share" ? format.percent(value) : format.number(value, 0);
  }

  function draw() {
    replace(measures, segments(t("growth.measure"), [["clients", t("clients")], ["share", t("share")],
      hasRevenue && ["revenue", t("revenue")]].filter(Boolean), measure, (value) => { measure = value; draw(); }));
    const key = MEASURES[measure];
    const first = !lines.drawn;
    const begins = periods.indexOf(model.periods[model.last]);
    const shown = board.profiles.filter((line) => rows.some((each) => each.profile === line.profile && each[key] !== null));
    const valueAt = (profile, at, isForecast) => {
      const row = rows.find((each) => each.profile === profile && each.period_start === periods[at]);
      return row && Boolean(row.is_forecast) === isForecast ? row[key] : null;
    };
    const narrow = lines.width < 600;
    lines.draw({
      animation: false,
      grid: { left: 8, right: narrow ? 12 : 118, top: 16, bottom: 8, containLabel: true },
      xAxis: {
        type: "category", data: periods.map(format.shortMonth), boundaryGap: false,
        axisLine: { lineStyle: { color: LINE } }, axisTick: { show: false },
        axisLabel: { color: MUTED, fontSize: 11 },
      },
      yAxis: {
        type: "value", axisLabel: { color: MUTED, fontSize: 11,
          formatter: (value) => (measure === "share" ? format.percent(value, 0) : format.short(value)) },
        splitLine: { lineStyle: { color: LINE } },
      },
      series: shown.flatMap((line, place) => {
        const base = {
          type: "line", symbol: "circle", showSymbol: false, symbolSize: 6,
          itemStyle: { color: line.color }, emphasis: { disabled: true },
        };
        const past = periods.map((_, at) => valueAt(line.profile, at, false));
        const next = periods.map((_, at) => (at === begins ? past[at] : valueAt(line.profile, at, true)));
        return [
          {
            ...base, data: past, lineStyle: { color: line.color, width: line.is_ideal ? 3.5 : 2.2 },
            ...(place === 0 && begins >= 0 && begins < periods.length - 1 ? {
              markArea: { silent: true, itemStyle: { color: "#eef2f6" }, label: { color: MUTED, fontSize: 11, position: "insideTop" },
                data: [[{ xAxis: begins, name: t("growth.expected") }, { xAxis: periods.length - 1 }]] },
            } : {}),
          },
          {
            ...base, id: `${line.profile} next`, data: next, lineStyle: { color: line.color, width: line.is_ideal ? 3 : 2, type: [5, 4] },
            endLabel: { show: !narrow, color: INK, fontSize: 12, formatter: line.label, distance: 8,
              width: 104, overflow: "truncate" },
          },
        ];
      }),
    }, { fresh: true });
    partLabels(shown.map((line) => [line.profile, valueAt(line.profile, periods.length - 1, true)
      ?? valueAt(line.profile, periods.length - 1, false)]));
    if (first) lines.tellAlong(periods.length, (at) => [
      `${format.longMonth(periods[at])}${at > begins ? ` · ${t("growth.expected")}` : ""}`,
      ...shown.map((line) => {
        const row = rows.find((each) => each.profile === line.profile && each.period_start === periods[at]);
        return `${line.label}: ${row ? show(row[MEASURES[measure]]) : format.NOTHING}`;
      }),
    ]);
  }

  /** Keep the names at the lines' ends from standing on each other. */
  function partLabels(ends) {
    let lowest = -Infinity;
    const series = ends.filter(([, value]) => value !== null)
      .map(([profile, value]) => ({ profile, y: lines.drawn.convertToPixel({ yAxisIndex: 0 }, value) }))
      .sort((one, other) => one.y - other.y)
      .map(({ profile, y }) => {
        lowest = Math.max(y, lowest + 15);
        return { id: `${profile} next`, endLabel: { offset: [0, lowest - y] } };
      });
    lines.draw({ animation: false, series });
  }

  function forecast() {
    const last = rows.filter((each) => each.period_start === model.periods[model.last] && !each.is_forecast);
    const ahead = rows.filter((each) => each.is_forecast);
    if (!ahead.length) return empty(t("growth.no_forecast"));
    const horizons = [1, 3, 6].filter((each) => ahead.some((row) => row.horizon === each));
    const far = horizons.at(-1);
    const at = (profile, horizon) => ahead.find((row) => row.profile === profile && row.horizon === horizon);
    return table([
      { key: "profile", label: t("profile"), show: (row) => chip(board, row.profile) },
      { key: "clients", label: t("growth.now"), number: true, show: (row) => format.number(row.clients) },
      ...horizons.map((horizon) => ({
        key: `in_${horizon}`, label: t("growth.in", { count: horizon }), number: true,
        value: (row) => at(row.profile, horizon)?.clients ?? null,
        show: (row) => format.number(at(row.profile, horizon)?.clients ?? null, 1),
      })),
      { key: "error", label: t("growth.error", { count: far }), number: true,
        value: (row) => at(row.profile, far)?.mean_absolute_forecast_error ?? null,
        show: (row) => format.number(at(row.profile, far)?.mean_absolute_forecast_error ?? null, 1) },
      { key: "naive_error", label: t("growth.naive"), number: true,
        value: (row) => at(row.profile, far)?.mean_absolute_naive_error ?? null,
        show: (row) => format.number(at(row.profile, far)?.mean_absolute_naive_error ?? null, 1) },
      { key: "is_better", label: t("growth.verdict"), tight: true, value: (row) => verdict(at(row.profile, far)) },
    ], { caption: t("growth.forecast"), rows: last.filter((each) => each.clients > 0 || at(each.profile, 1)?.clients > 0),
      file: `forecast-${board.name}`, page: 20 });
  }

  function verdict(row) {
    if (!row || !row.backtests) return t("growth.untested");
    return t(row.is_better_than_naive ? "growth.better" : "growth.worse");
  }

  function drawAttraction() {
    const all = board.part("attraction");
    // Where nothing is known of clients, all are in one group: that says nothing.
    const groups = (name) => new Set(all.filter((each) => each.dimension === name).map((each) => each.group_name)).size;
    const dimensions = [...new Set(all.map((each) => each.dimension))].filter((name) => groups(name) > 1);
    dimension = dimensions.includes(dimension) ? dimension : dimensions[0];
    const ideal = all.filter((each) => each.dimension === dimension && each.profile === board.ideal.profile);
    const stages = ["first", "after_6_periods", "after_12_periods", "ever", "now"].filter((each) =>
      ideal.some((row) => row.stage === each));
    if (!stages.includes(stage)) [stage] = stages;
    const found = ideal.filter((each) => each.stage === stage);
    const largest = Math.max(2, ...found.filter((each) => !each.is_small_group).map((each) => Math.min(each.lift_upper_bound ?? 0, 4)));
    const now = all.filter((each) => each.dimension === dimension && each.stage === "now");
    const colour = board.ideal.color;
    replace(attraction, !dimensions.length ? empty(t("growth.no_groups")) : [
      el("div", { class: "tools" },
        field(t("growth.by"), choice(dimensions.map((each) => [each, word("dimension", each)]), dimension,
          (value) => { dimension = value; drawAttraction(); })),
        field(t("growth.stage"), choice(stages.map((each) => [each, word("stage", each)]), stage,
          (value) => { stage = value; drawAttraction(); }))),
      table([
        { key: "group_name", label: word("dimension", dimension), show: (row) => [row.group_name ? word("group", row.group_name) : t("unknown"),
          row.is_small_group ? el("span", { class: "tag" }, t("growth.small")) : null] },
        { key: "group_clients", label: t("clients"), number: true, show: (row) => format.number(row.group_clients) },
        { key: "clients", label: t("growth.ideal", { profile: board.ideal.label }), number: true, show: (row) => format.number(row.clients) },
        { key: "share", label: t("share"), number: true, show: (row) => format.percent(row.share) },
        { key: "lift", label: t("growth.lift"), number: true, show: (row) => format.number(row.lift, 2) },
        { key: "lift_lower_bound", hidden: true }, { key: "lift_upper_bound", hidden: true },
        { key: "interval", label: t("growth.interval"), save: false, value: (row) => row.lift_lower_bound,
          show: (row) => (row.lift === null ? format.NOTHING : interval(row.lift, row.lift_lower_bound, row.lift_upper_bound, largest, 1, colour,
            t("growth.interval.spoken", { lower: format.number(row.lift_lower_bound, 2), upper: format.number(row.lift_upper_bound, 2) }))) },
        { key: "mix", label: t("growth.mix"), save: false, value: (row) => row.share, show: (row) => mix(now, row.group_name) },
        { key: "median_periods", label: t("growth.months"), number: true, show: (row) => format.number(row.median_periods, 1) },
      ].filter((column) => column.key !== "median_periods" || found.some((row) => row.median_periods !== null)), {
        caption: t("growth.attraction"), rows: found, sorted: ["lift", true], page: 10,
        file: `attraction-${board.name}-${dimension}-${stage}`, nothing: t("growth.no_groups"),
        mark: (row) => (row.is_small_group ? "faint" : null),
      }),
      el("p", { class: "note" }, t("growth.attraction.note", { average: format.percent(found[0]?.average_share ?? null) })),
    ]);
  }

  /** Draw where a group's clients are now. */
  function mix(now, group) {
    const parts = board.profiles.map((line) => [line, now.find((each) => each.group_name === group && each.profile === line.profile)])
      .filter(([, row]) => row?.clients);
    if (!parts.length) return format.NOTHING;
    const total = parts.reduce((sum, [, row]) => sum + row.clients, 0);
    return el("span", { class: "mix", role: "img", "aria-label": parts.map(([line, row]) =>
      `${line.label} ${format.percent(row.clients / total, 0)}`).join(", ") },
      parts.map(([line, row]) => el("i", { style: { width: `${(100 * row.clients) / total}%`, background: line.color } })));
  }

  const element = el("div", { class: "panel" },
    el("section", { class: "card" },
      el("div", { class: "tools" }, el("h2", {}, t("growth.title")), measures),
      lines.element,
      el("ul", { class: "legend" }, board.profiles.map((line) => el("li", {}, chip(board, line.profile))),
        el("li", { class: "dashed" }, t("growth.expected"))),
      el("details", { class: "numbers" }, el("summary", {}, t("as_table")), table([
        { key: "period_start", label: t("month"), show: (row) => format.month(row.period_start) },
        { key: "profile", label: t("profile"), show: (row) => chip(board, row.profile) },
        { key: "is_forecast", label: t("growth.kind"), value: (row) => t(row.is_forecast ? "growth.expected" : "growth.observed") },
        { key: "clients", label: t("clients"), number: true, show: (row) => format.number(row.clients, row.is_forecast ? 1 : 0) },
        { key: "entered", label: t("growth.entered"), number: true, show: (row) => format.number(row.entered, row.is_forecast ? 1 : 0) },
        { key: "exited", label: t("growth.exited"), number: true, show: (row) => format.number(row.exited, row.is_forecast ? 1 : 0) },
        { key: "share_of_clients", label: t("share"), number: true, show: (row) => format.percent(row.share_of_clients) },
        hasRevenue && { key: "revenue", label: t("revenue"), number: true, show: (row) => format.number(row.revenue) },
      ].filter(Boolean), { caption: t("growth.title"), rows: [...rows].sort((one, other) =>
        (one.period_start < other.period_start ? 1 : -1)), page: 12, file: `growth-${board.name}` }))),
    card(t("growth.forecast"), t("growth.forecast.note"), forecast()),
    card(t("growth.attraction"), t("growth.attraction.what", { profile: board.ideal.label }), attraction));
  lines.onResize = draw;
  return { element, ready() { draw(); drawAttraction(); } };
}


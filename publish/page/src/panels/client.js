// One client: where it was, why, and what comes next.

import { chart } from "../charts.js";
import { INK, LINE, MUTED, tint } from "../colour.js";
import { el, replace, svg } from "../dom.js";
import * as format from "../format.js";
import { t, word } from "../i18n.js";
import { AWAY } from "../model.js";
import { bar, card, category, change, chip, clientLink, empty, profileName } from "../parts.js";
import { table } from "../table.js";

// So many movements are shown at once.
const LATEST = 3;

export function client(app) {
  const { model, board } = app;
  if (!app.client) return { element: nobody(app) };
  const who = app.client;
  const known = model.periods.map((_, period) => board.state(who.number, period));
  const lastKnown = known.findLastIndex((state) => state !== null);
  if (lastKnown < 0) {
    return { element: el("div", { class: "panel" }, title(app, who, null), card(null, null,
      empty(t("client.not_here", { scorecard: board.label })))) };
  }
  let period = known[app.period] ? app.period : lastKnown;
  const course = chart(t("client.course", { client: who.client_name ?? who.client_id }), 380);
  const reasons = el("section", { class: "card", "data-part": "criteria" });

  function choose(to) {
    if (to < 0 || to > model.last || !known[to]) return;
    period = to;
    app.remember({ period: model.periods[period] });
    drawReasons();
    drawCourse();
  }

  function drawCourse() {
    const profiles = [...board.profiles].reverse();
    const months = model.periods.map(format.shortMonth);
    const scores = known.map((state, at) => (state ? board.score(who.number, at) : null));
    const bounds = scoreBounds(board, board.version(period));
    const first = !course.drawn;
    const narrow = course.width < 520;
    const left = 10 + 7.2 * Math.max(...profiles.map((line) => Math.min(line.label.length, 18)));
    const axis = { axisLine: { lineStyle: { color: LINE } }, axisTick: { show: false } };
    const label = { color: MUTED, fontSize: 11 };
    course.draw({
      animation: false,
      grid: [
        { left, right: narrow ? 10 : 96, top: 10, height: 26 * profiles.length },
        { left, right: narrow ? 10 : 96, top: 26 * profiles.length + 44, bottom: 28 },
      ],
      xAxis: [
        { type: "category", data: months, gridIndex: 0, ...axis, axisLabel: { show: false }, boundaryGap: true },
        { type: "category", data: months, gridIndex: 1, ...axis, axisLabel: label, boundaryGap: true },
      ],
      yAxis: [
        { type: "category", data: profiles.map((line) => line.label), gridIndex: 0, ...axis,
          axisLabel: { ...label, color: INK, fontSize: 12, overflow: "truncate", width: left - 12 },
          splitLine: { show: false },
          splitArea: { show: true, areaStyle: { color: profiles.map((line) => tint(line.color, 0.16)) } } },
        { type: "value", min: 0, max: 100, interval: 25, gridIndex: 1, ...axis, name: t("score"),
          nameTextStyle: { ...label, align: "right" },
          axisLabel: label, splitLine: { lineStyle: { color: LINE } } },
      ],
      series: [
        {
          type: "line", step: "middle", xAxisIndex: 0, yAxisIndex: 0, connectNulls: false,
          symbol: "circle", showAllSymbol: true,
          symbolSize: (_, item) => (item.dataIndex === period ? 15 : narrow ? 5 : 9),
          lineStyle: { color: INK, width: 2 },
          data: known.map((state, at) => (state === null ? { value: null } : {
            value: board.describe(state.profile).label,
            itemStyle: {
              color: state.assignment_source === "override" ? "#ffffff" : board.describe(state.profile).color,
              borderColor: at === period || state.assignment_source === "override"
                ? INK : board.describe(state.profile).color,
              borderWidth: at === period ? 3 : 2,
            },
          })),
        },
        {
          type: "line", xAxisIndex: 1, yAxisIndex: 1, symbol: "circle", showAllSymbol: true,
          symbolSize: (_, item) => (item.dataIndex === period ? 11 : narrow ? 4 : 6),
          lineStyle: { color: INK, width: 2 }, itemStyle: { color: INK },
          data: scores.map((score) => (score === null ? null : score / 10_000)),
          markLine: {
            silent: true, symbol: "none", lineStyle: { type: [4, 4], color: MUTED, width: 1 },
            label: { show: !narrow, position: "end", width: 88, overflow: "truncate", color: MUTED, fontSize: 11, formatter: (line) => line.name },
            data: bounds.map((bound) => ({ yAxis: bound.score, name: bound.label })),
          },
        },
      ],
    });
    if (first) {
      course.tellAlong(model.periods.length, (at) => known[at] && [
        format.longMonth(model.periods[at]),
        profileName(board, known[at].profile),
        `${t("score")} ${format.score(scores[at])}`,
        known[at].assignment_source === "override" ? t("by_hand") : null,
      ].filter(Boolean));
      course.drawn.getZr().on("click", (event) => {
        const [at] = course.drawn.convertFromPixel({ gridIndex: 1 }, [event.offsetX, event.offsetY]);
        choose(Math.round(at));
      });
    }
  }

  function drawReasons() {
    const criteria = board.criteria(who.number, period);
    const values = period === model.last ? currentValues(board, who.number) : null;
    const total = board.score(who.number, period);
    const state = known[period];
    const version = board.version(period);
    const weights = criteria.reduce((sum, each) => sum + each.weight, 0);
    replace(reasons,
      el("header", { class: "with-steps" },
        el("div", {},
          el("h2", {}, t("client.why", { month: format.longMonth(model.periods[period]) })),
          el("p", { class: "note" }, t("client.why.note", { version }))),
        el("div", { class: "steps" },
          el("button", { type: "button", "aria-label": t("month.before"),
            disabled: !known[period - 1], on: { click: () => choose(period - 1) } }, "‹"),
          el("button", { type: "button", "aria-label": t("month.after"),
            disabled: !known[period + 1], on: { click: () => choose(period + 1) } }, "›"))),
      el("div", { class: "scrolled", tabindex: "0", role: "region", "aria-label": t("client.points") },
        el("table", { class: "criteria" }, el("caption", { class: "unseen" }, t("client.points")),
          el("thead", {}, el("tr", {},
            el("th", { scope: "col" }, t("criterion")),
            values && el("th", { scope: "col", class: "number" }, t("value")),
            el("th", { scope: "col" }, t("band")),
            el("th", { scope: "col", class: "number" }, t("points")),
            el("th", { scope: "col", "aria-label": t("client.trend") }, t("client.course.short")),
            el("th", { scope: "col", class: "number" }, t("weight")),
            el("th", { scope: "col", class: "number" }, t("adds")))),
          el("tbody", {}, [...criteria].sort((one, other) => (other.contribution ?? 0) - (one.contribution ?? 0))
            .map((each) => el("tr", {},
              el("th", { scope: "row" }, each.label ?? each.criterion,
                el("span", { class: "unit" }, each.unit)),
              values && el("td", { class: "number" }, values.get(each.criterion)
                ? format.metric(values.get(each.criterion).value, each.value_format) : format.NOTHING),
              el("td", {}, each.isMissing ? el("em", {}, t("missing", {
                policy: word("policy", each.missing_value_policy) })) : each.band,
                each.age > 0 && !each.isMissing
                  ? el("span", { class: "unit" }, t("client.age", { count: each.age })) : null),
              el("td", { class: "number points" }, bar(each.points === null ? 0 : each.points / 10_000, INK),
                each.points === null ? format.NOTHING : format.number(each.points / 100)),
              el("td", {}, trend(board, who.number, each.criterion, period)),
              el("td", { class: "number" }, format.percent(each.weight / 1_000_000, 0)),
              el("td", { class: "number strong" }, format.score(each.contribution, 4))))),
          el("tfoot", {}, el("tr", {},
            el("th", { scope: "row", colspan: values ? 5 : 4 },
              state.ineligibility_reason ? word("reason", state.ineligibility_reason) : t("score")),
            el("td", { class: "number" }, format.percent(weights / 1_000_000, 0)),
            el("td", { class: "number strong", "data-total": "score" }, format.score(total, 4)))))),
      el("p", { class: "note" }, state.rule ? t("client.rule", { rule: state.rule.replaceAll("_", " "),
        profile: profileName(board, state.computed_profile) }) : ""));
  }

  const element = el("div", { class: "panel" },
    title(app, who, known[lastKnown], lastKnown),
    el("div", { class: "two wide-left" },
      el("div", { class: "stack" },
        card(t("client.over_time"), t("client.over_time.note"), course.element, months(board, who.number, known)), reasons),
      el("div", { class: "stack" }, path(board, who.number), hands(app, who),
        protocols(board, who.number), movements(app, who))));
  course.onResize = drawCourse;
  return { element, ready() { drawReasons(); drawCourse(); } };
}

function nobody(app) {
  const { model, board } = app;
  const moved = board.part("movements").filter((each) => each.period === model.last && each.category !== "left");
  const shown = moved.length ? moved.slice(0, 12).map((each) => each.client)
    : model.clients.slice(0, 12).map((each) => each.number);
  return el("div", { class: "panel" }, card(t("client.choose"), t("client.choose.note"),
    el("p", {}, moved.length ? t("client.moved_last", { month: format.month(model.periods[model.last]) }) : ""),
    el("ul", { class: "choices" }, shown.map((number) => el("li", {},
      clientLink(model, number), chip(board, board.profile(number, model.last)))))));
}

function title(app, who, state, period) {
  const { model, board } = app;
  const facts = [
    [t("client.channel"), who.acquisition_channel], [t("client.region"), who.region],
    [t("client.category"), who.category],
  ].filter(([, value]) => value);
  const others = model.boards.filter((each) => each !== board);
  const uncertain = board.part("uncertain").find((each) => each.client === who.number);
  return el("section", { class: "card title" },
    el("div", { class: "who" },
      el("h1", {}, who.client_name ?? who.client_id),
      el("p", { class: "id" }, who.client_name ? who.client_id : null,
        facts.map(([label, value]) => el("span", { class: "fact" }, `${label}: `, word("group", value))))),
    state && el("div", { class: "verdict" },
      el("div", { class: "verdict-main" },
        chip(board, period < model.last ? AWAY : state.profile, "large"),
        period < model.last
          ? el("span", { class: "note" }, t("client.left", { month: format.month(model.periods[period]) })) : null),
      el("dl", { class: "figures" },
        figure(t("score"), format.score(board.score(who.number, period))),
        figure(t("client.since"), since(board, model, who.number, period)),
        figure(t("client.certain"), state.ineligibility_reason ? word("reason", state.ineligibility_reason)
          : state.is_certain ? t("client.certain.yes") : t("client.certain.no", {
            profiles: (state.possible_profiles ?? "").split(", ").map((each) => profileName(board, each)).join(", "),
          })),
        uncertain ? figure(t("client.range"),
          `${format.number(uncertain.lowest_score, 2)} – ${format.number(uncertain.highest_score, 2)}`) : null,
        state.assignment_source === "override" ? figure(t("by_hand"), t("client.rules_say", {
          profile: profileName(board, state.computed_profile) })) : null,
        state.is_awaiting_confirmation && state.assignment_source !== "override"
          ? figure(t("client.awaiting"), profileName(board, state.computed_profile)) : null,
        others.map((other) => figure(other.label, chip(other, other.profile(who.number, period)))))));
}

function figure(label, value) {
  return el("div", {}, el("dt", {}, label), el("dd", {}, value));
}

function since(board, model, number, period) {
  const profile = board.profile(number, period);
  let first = period;
  while (first > 0 && board.profile(number, first - 1) === profile) first -= 1;
  return first === 0 ? t("client.since.before", { month: format.month(model.periods[0]) })
    : format.month(model.periods[first]);
}

/** Give the scores at which the rules of a version change the profile. */
function scoreBounds(board, version) {
  const seen = new Map();
  for (const each of board.model.rules.conditions)
    if (each.scorecard === board.name && each.version === version && each.subject === "score"
      && each.lower_bound !== null)
      seen.set(Number(each.lower_bound), profileName(board, each.profile));
  return [...seen].map(([score, label]) => ({ score, label }));
}

/** Give the values of the last period by criterion, for versions in force. */
export function currentValues(board, number) {
  const approved = board.calibrations().find((each) => each.status === "approved");
  if (!approved) return new Map();
  board.current ??= board.calibration(approved.version);
  const row = board.current.clients.indexOf(number);
  if (row < 0) return new Map();
  return new Map(board.current.criteria.map((each) => {
    const value = each.values[row];
    return [each.name, value === null ? null : { value: Number(value) / 10 ** each.decimals, age: each.ages[row] }];
  }).filter(([, value]) => value));
}

/** Draw the points of one criterion over the periods. */
function trend(board, number, criterion, chosen) {
  const { periods } = board.model;
  const width = 120;
  const step = width / periods.length;
  const bars = periods.map((_, period) => {
    const each = board.criteria(number, period).find((one) => one.criterion === criterion);
    if (!each || !board.state(number, period)) return null;
    if (each.points === null) return svg("rect", { x: period * step, y: 21, width: step * 0.7, height: 1, class: "gap" });
    const height = Math.max(1, (each.points / 10_000) * 22);
    return svg("rect", { x: period * step, y: 22 - height, width: step * 0.7, height,
      class: period === chosen ? "now" : null });
  });
  return svg("svg", { class: "trend", viewBox: `0 0 ${width} 22`, "aria-hidden": "true" }, bars);
}

/** Give what the chart shows as a table, the last month first. */
function months(board, number, known) {
  const { periods } = board.model;
  const rows = known.map((state, period) => ({ period, state, score: state && board.score(number, period) }))
    .filter((each) => each.state).reverse();
  return el("details", { class: "numbers" }, el("summary", {}, t("as_table")), table([
    { key: "period_start", label: t("month"), tight: true, value: (row) => periods[row.period],
      show: (row) => format.month(periods[row.period]) },
    { key: "profile", label: t("profile"), value: (row) => row.state.profile, show: (row) => chip(board, row.state.profile) },
    { key: "score", label: t("score"), number: true,
      value: (row) => (row.score === null ? null : row.score / 10_000), show: (row) => format.score(row.score, 4) },
    { key: "assignment_source", label: t("by_hand"), value: (row) => t(row.state.assignment_source === "override" ? "yes" : "no") },
    { key: "version", label: t("version"), value: (row) => board.version(row.period) },
  ], { caption: t("client.over_time"), rows, page: 12, file: `client-${board.model.clients[number].client_id}` }));
}

function path(board, number) {
  const [found] = board.of("paths", number);
  const state = board.state(number, board.model.last);
  const heading = t("client.path", { profile: board.ideal.label });
  if (!state) return card(heading, null, empty(t("client.path.gone")));
  if (!found) return card(heading, null, empty(t("client.path.there")));
  const steps = board.of("steps", number).filter((each) => each.target_profile === found.target_profile);
  if (found.obstacle) return card(heading, null, el("p", {}, t("client.path.none")), el("p", { class: "note" }, found.obstacle));
  return card(heading, t("client.path.note", { effort: format.number(found.effort) }),
    el("ol", { class: "path" }, steps.map((each) => el("li", {},
      el("strong", {}, each.sentence),
      each.improvement_action && el("span", {}, each.improvement_action),
      el("small", {}, each.similar_clients
        ? t(each.is_small_group ? "client.path.rate.small" : "client.path.rate", {
            rate: format.percent(each.observed_rate, 0), clients: format.number(each.similar_clients) })
        : t("client.path.norate"))))));
}

function hands(app, who) {
  const { board, model } = app;
  const rows = model.rules.overrides.filter(
    (each) => each.client_id === who.client_id && each.scorecard === board.name);
  if (!rows.length) return null;
  return card(t("client.hands"), null, el("ul", { class: "hands" }, rows.map((each) => el("li", {},
    chip(board, each.profile), el("span", {}, `${format.day(each.valid_from)} – ${format.day(each.valid_to)} · ${word("status", each.status)}`),
    el("p", {}, each.reason),
    el("small", {}, t("client.hands.by", { by: each.requested_by, approved: each.approved_by }),
      each.is_about_to_expire ? ` · ${t("client.hands.expires")}` : "",
      each.agrees_with_rules ? ` · ${t("client.hands.agrees")}` : "")))));
}

function movements(app, who) {
  const { board, model } = app;
  const rows = [...board.of("movements", who.number)].reverse();
  const timeline = (some) => timelineOf(board, model, some);
  return card(t("client.movements"), t("sentences.note"), rows.length
    ? [timeline(rows.slice(0, LATEST)), rows.length > LATEST
        ? el("details", { class: "numbers" }, el("summary", {}, t("client.earlier", { count: rows.length - LATEST })),
            timeline(rows.slice(LATEST))) : null]
    : empty(t("client.movements.none")));
}

function timelineOf(board, model, rows) {
  return el("ol", { class: "timeline" }, rows.map((each) => el("li", {},
    el("div", { class: "when" }, format.month(model.periods[each.period]),
      el("span", { class: "tag" }, category(each.category))),
    change(board, each.from_profile, each.to_profile),
    el("p", {}, each.explanation ?? t("sentence.left_out")))));
}

function protocols(board, number) {
  const rows = board.of("protocols", number);
  return card(t("client.protocols"), null, rows.length
    ? el("ul", { class: "protocols" }, rows.map((each) => el("li", {},
        el("strong", {}, word("department", each.department)),
        el("p", {}, each.action ?? t("client.protocols.none")),
        el("small", {}, [
          each.is_for_movement ? t("client.protocols.movement") : null,
          each.cadence_days ? t("client.protocols.cadence", { count: each.cadence_days }) : null,
          each.response_hours ? t("client.protocols.response", { count: each.response_hours }) : null,
          each.meeting_format,
        ].filter(Boolean).join(" · ")))))
    : empty(t("client.protocols.empty")));
}

// Try other weights: the page judges every client again, exactly as the warehouse would.

import { MOST_BLOCKS, heading } from "../blocks.js";
import { chart } from "../charts.js";
import { INK, textOn, tint } from "../colour.js";
import { download } from "../csv.js";
import { el, replace } from "../dom.js";
import { MILLION, changeWeight, judge, weightLines } from "../exact.js";
import * as format from "../format.js";
import { t, word } from "../i18n.js";
import { card, change, choice, chip, clientLink, empty, field, profileName } from "../parts.js";
import { table } from "../table.js";

const VERSION_NAME = /^[A-Za-z0-9][A-Za-z0-9_.-]*$/;

export function calibration(app) {
  const { model, board } = app;
  const versions = board.calibrations();
  const inForce = versions.find((each) => each.status === "approved");
  if (!inForce) return { element: el("div", { class: "panel" }, card(t("panel.calibration"), null, empty(t("calibration.none")))) };
  // A candidate is what there is to talk about.
  const first = (versions.find((each) => each.status === "candidate") ?? inForce).version;
  const reference = board.calibration(inForce.version);
  const agreed = new Map(reference.criteria.map((each) => [each.name, each.weight]));
  const before = new Map(reference.clients.map((client, row) => [client, {
    profile: reference.profiles[row], score: reference.scores[row],
  }]));
  const byHand = new Set(reference.clients.filter((client) =>
    board.state(client, model.last)?.assignment_source === "override"));
  let base = null;
  let weights = [];
  let locked = [];
  const map = chart(t("calibration.chart"), 420);
  const sliders = el("div", { class: "sliders" });
  const counts = el("div", {});
  const list = el("div", {});
  const matrix = el("div", {});
  const proof = el("p", { class: "note", role: "status" });
  const summary = el("p", { class: "headline", "aria-live": "polite" });
  const name = el("input", { type: "text", maxlength: 40, pattern: VERSION_NAME.source, "aria-label": t("calibration.version") });
  name.value = nextVersion(model, board);

  function start(version) {
    base = version === reference.version ? reference : board.calibration(version);
    weights = base.criteria.map((each) => each.weight);
    locked = weights.map(() => false);
    drawSliders();
    prove();
    update();
  }

  /** Say whether the page and the warehouse agree while nothing is changed. */
  function prove() {
    const verdicts = judge(base, weights);
    const agree = verdicts.filter((each, row) => each.profile === base.profiles[row] && each.score === base.scores[row]).length;
    replace(proof, el("span", { class: agree === verdicts.length ? "tag good" : "tag bad" },
      t(agree === verdicts.length ? "calibration.proved" : "calibration.disproved")), " ",
      t("calibration.proof", { agree: format.number(agree), all: format.number(verdicts.length), version: base.version }));
  }

  function drawSliders() {
    replace(sliders, base.criteria.map((criterion, place) => {
      const label = model.criteria.get(criterion.name)?.label ?? criterion.name;
      const output = el("output", { title: t("calibration.against", { version: reference.version }) });
      const slider = el("input", {
        type: "range", min: 0, max: MILLION, step: 5000, value: weights[place], "aria-label": label,
        "data-criterion": criterion.name,
        on: { input: (event) => set(place, Number(event.target.value)) },
      });
      const exact = el("input", {
        type: "number", min: 0, max: 100, step: 0.1, "aria-label": t("calibration.percent", { criterion: label }),
        on: { change: (event) => set(place, Math.round(Number(event.target.value) * 10_000)) },
      });
      const lock = el("button", {
        type: "button", class: "lock", "aria-pressed": "false", "aria-label": t("calibration.lock", { criterion: label }),
        on: { click: () => {
          locked[place] = !locked[place];
          lock.setAttribute("aria-pressed", String(locked[place]));
          lock.firstChild.textContent = locked[place] ? t("calibration.fixed") : t("calibration.free");
        } },
      }, t("calibration.free"));
      const row = el("div", { class: "slider" },
        el("span", { class: "slider-name" }, label, criterion.normalization === "none" ? null
          : el("span", { class: "unit" }, word("normalization", criterion.normalization))),
        slider, exact, el("span", { class: "percent-sign", "aria-hidden": "true" }, "%"), output, lock);
      row.show = () => {
        const original = agreed.get(criterion.name) ?? 0;
        slider.value = weights[place];
        slider.setAttribute("aria-valuetext", format.percent(weights[place] / MILLION, 1));
        slider.style.setProperty("--share", `${weights[place] / 10_000}%`);
        exact.value = String(weights[place] / 10_000);
        output.textContent = weights[place] === original ? "" : format.signed((weights[place] - original) / 10_000, 1);
      };
      return row;
    }));
  }

  function set(place, value) {
    weights = changeWeight(weights, place, Number.isFinite(value) ? value : weights[place], locked);
    update();
  }

  let waiting = false;
  function update() {
    for (const row of sliders.children) row.show();
    // Many events of one slider become one calculation per picture.
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      if (map.element.isConnected) draw();
    });
  }

  function draw() {
    const verdicts = judge(base, weights);
    const rows = base.clients.map((client, row) => ({
      client, before: before.get(client) ?? { profile: null, score: null }, after: verdicts[row],
    }));
    const changed = rows.filter((each) => each.before.profile !== each.after.profile);
    const rank = (profile) => board.describe(profile).rank;
    const better = changed.filter((each) => rank(each.after.profile) !== null && rank(each.before.profile) !== null
      && rank(each.after.profile) < rank(each.before.profile)).length;
    const worse = changed.filter((each) => rank(each.after.profile) !== null && rank(each.before.profile) !== null
      && rank(each.after.profile) > rank(each.before.profile)).length;
    replace(summary, el("strong", {}, t("calibration.changed", { count: format.number(changed.length) })),
      el("span", {}, t("calibration.ways", { better: format.number(better), worse: format.number(worse),
        all: format.number(rows.length) })));
    drawCounts(rows);
    drawMap(rows);
    drawMatrix(changed);
    drawList(changed);
  }

  function drawCounts(rows) {
    const tally = (key) => board.profiles.map((line) => rows.filter((each) => each[key].profile === line.profile).length);
    const [old, now] = [tally("before"), tally("after")];
    const most = Math.max(1, ...old, ...now);
    replace(counts, el("table", { class: "beforeafter" },
      el("caption", { class: "unseen" }, t("calibration.counts")),
      el("thead", {}, el("tr", {}, el("th", { scope: "col" }, t("profile")), el("td", {}),
        [t("calibration.before"), t("calibration.after"), "±"].map((label) =>
          el("th", { scope: "col", class: "number" }, label)))),
      el("tbody", {}, board.profiles.map((line, place) => el("tr", { "data-profile": line.profile },
        el("th", { scope: "row" }, chip(board, line.profile)),
        el("td", { class: "double", "aria-hidden": "true" },
          el("i", { style: { width: `${(100 * old[place]) / most}%`, background: tint(line.color, 0.4) } }),
          el("i", { style: { width: `${(100 * now[place]) / most}%`, background: line.color } })),
        el("td", { class: "number" }, format.number(old[place])),
        el("td", { class: "number strong" }, format.number(now[place])),
        el("td", { class: "number" }, now[place] === old[place] ? "±0" : format.signed(now[place] - old[place])))))));
  }

  function drawMap(rows) {
    const first = !map.drawn;
    const area = (map.width * map.height) / Math.max(1, rows.length);
    map.draw({
      animation: false,
      series: [{
        type: "treemap", sort: false, nodeClick: false, roam: false, breadcrumb: { show: false },
        left: 0, top: 0, right: 0, bottom: 0, squareRatio: 1.2, visibleMin: 0, childrenVisibleMin: 0, label: { show: false },
        levels: [
          { itemStyle: { gapWidth: 5, borderWidth: 0 } },
          { itemStyle: { gapWidth: area < 150 ? 0.5 : 1, borderWidth: 1 },
            upperLabel: { show: true, height: 24, fontSize: 12, fontWeight: 600, padding: [0, 8], formatter: (block) => heading(map, block) } },
          { itemStyle: { gapWidth: 0 } },
        ],
        data: board.profiles.map((line) => {
          const inside = rows.filter((each) => each.after.profile === line.profile);
          return {
            id: line.profile, name: line.label, figure: format.number(inside.length), value: inside.length,
            itemStyle: { color: line.color, borderColor: line.color }, upperLabel: { color: textOn(line.color) },
            children: rows.length > MOST_BLOCKS ? inTwo(line, inside) : inside.map((each) => {
              const moved = each.before.profile !== each.after.profile;
              const isChosen = app.client?.number === each.client;
              return {
                id: String(each.client), name: model.clients[each.client].client_id, value: 1, row: each,
                itemStyle: { color: isChosen ? "#ffffff" : tint(line.color, moved ? 0.9 : 0.24),
                  borderColor: INK, borderWidth: isChosen ? 3 : 0 },
                label: { show: false },
              };
            }),
          };
        }).filter((each) => each.value),
      }],
    });
    if (first) {
      map.tellOf(({ data }) => data?.row && [
        `${model.clients[data.row.client].client_name ?? ""} ${model.clients[data.row.client].client_id}`.trim(),
        `${profileName(board, data.row.before.profile)} → ${profileName(board, data.row.after.profile)}`,
        `${t("score")} ${format.score(data.row.before.score)} → ${format.score(data.row.after.score)}`,
      ]);
      map.drawn.on("click", ({ data }) => data?.row
        && app.go({ view: "client", client: model.clients[data.row.client].client_id, scorecard: board.name }));
    }
  }

  /** Part very many clients of a profile into those that stay and those that come. */
  function inTwo(line, inside) {
    const coming = inside.filter((each) => each.before.profile !== each.after.profile).length;
    return [["stay", inside.length - coming, 0.24], ["come", coming, 0.9]]
      .filter(([, count]) => count)
      .map(([name, count, share]) => ({
        id: `${line.profile} ${name}`, name, value: count, label: { show: false },
        itemStyle: { color: tint(line.color, share), borderWidth: 0 },
      }));
  }

  function drawMatrix(changed) {
    const pairs = new Map();
    for (const each of changed) {
      const key = `${each.before.profile} ${each.after.profile}`;
      pairs.set(key, (pairs.get(key) ?? 0) + 1);
    }
    const sorted = [...pairs].sort((one, other) => other[1] - one[1]);
    replace(matrix, sorted.length ? el("ul", { class: "pairs" }, sorted.map(([key, count]) => el("li", {},
      change(board, ...key.split(" ")), el("strong", {}, format.number(count))))) : empty(t("calibration.nobody")));
  }

  function drawList(changed) {
    replace(list, table([
      { key: "client_id", hidden: true, value: (row) => model.clients[row.client].client_id },
      { key: "client", label: t("client"), value: (row) => model.clients[row.client].client_name ?? model.clients[row.client].client_id,
        show: (row) => [clientLink(model, row.client), byHand.has(row.client)
          ? el("span", { class: "tag", title: t("calibration.hand") }, t("by_hand")) : null] },
      { key: "computed_profile", hidden: true, value: (row) => row.before.profile },
      { key: "new_profile", hidden: true, value: (row) => row.after.profile },
      { key: "change", label: t("from_to"), save: false, value: (row) => row.before.profile,
        show: (row) => change(board, row.before.profile, row.after.profile) },
      { key: "score_before", label: t("calibration.score_before"), number: true,
        value: (row) => (row.before.score === null ? null : row.before.score / 10_000), show: (row) => format.score(row.before.score) },
      { key: "score_after", label: t("calibration.score_after"), number: true,
        value: (row) => (row.after.score === null ? null : row.after.score / 10_000), show: (row) => format.score(row.after.score) },
      model.revenue && { key: "revenue", label: `${t("revenue")} ≈`, number: true, save: false,
        value: (row) => model.revenueOf(row.client, model.last), show: (row) => format.number(model.revenueOf(row.client, model.last)) },
    ].filter(Boolean), {
      caption: t("calibration.list"), rows: changed, page: 10, file: `calibration-${board.name}`, nothing: t("calibration.nobody"),
      sorted: model.revenue ? ["revenue", true] : ["score_after", true],
    }));
  }

  function save() {
    const isName = VERSION_NAME.test(name.value);
    name.setAttribute("aria-invalid", String(!isName));
    if (!isName) {
      name.focus();
      return;
    }
    download(`criterion_weights-${board.name}-${name.value}.csv`, weightLines(board.name, name.value, base.criteria, weights), false);
  }

  const keep = card(t("calibration.keep"), t("calibration.keep.note"),
    el("div", { class: "tools last" }, field(t("calibration.version"), name),
      el("button", { type: "button", class: "primary", on: { click: save } }, t("calibration.save"))));
  const element = el("div", { class: "panel" },
    el("div", { class: "two" },
      el("div", { class: "stack" }, el("section", { class: "card" },
        el("header", {}, el("h2", {}, t("calibration.title")), el("p", { class: "note" }, t("calibration.note"))),
        el("div", { class: "tools" },
          field(t("calibration.begin"), choice(versions.map((each) => [each.version,
            t("calibration.option", { version: each.version, status: word("status", each.status) })]), first, start, { id: "base" })),
          el("button", { type: "button", class: "quiet", on: { click: () => start(base.version) } }, t("calibration.reset"))),
        sliders,
        el("p", { class: "note" }, t("calibration.against", { version: reference.version })),
        proof), keep),
      el("section", { class: "card" }, summary, counts, map.element, el("p", { class: "note" }, t("calibration.map")))),
    el("div", { class: "two wide-left" },
      card(t("calibration.list"), t("calibration.list.note", { month: format.longMonth(model.periods[model.last]) }), list),
      card(t("calibration.pairs"), null, matrix)));
  map.onResize = () => draw();
  return { element, ready: () => start(versions.some((each) => each.version === app.asked.version) ? app.asked.version : first) };
}

/** Propose a name that no version of the scorecard has. */
function nextVersion(model, board) {
  const taken = model.rules.versions.filter((each) => each.scorecard === board.name).map((each) => each.version);
  let next = 1 + Math.max(0, ...taken.map(Number).filter(Number.isFinite).map(Math.floor));
  while (taken.includes(String(next))) next += 1;
  return String(next);
}

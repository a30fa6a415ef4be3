// Who went from where to where between two months, and why.

import { chart } from "../charts.js";
import { INK, tint } from "../colour.js";
import { plain } from "../combobox.js";
import { el, replace } from "../dom.js";
import * as format from "../format.js";
import { t, word } from "../i18n.js";
import { AWAY } from "../model.js";
import { bar, card, category, change, choice, chip, clientLink, empty, field, profileName } from "../parts.js";
import { table } from "../table.js";

const ACCENT = "#0b4f8a";

export function movements(app) {
  const { model, board } = app;
  const place = (asked, otherwise) => {
    const found = model.periods.findIndex((each) => asked && each.startsWith(asked));
    return found < 0 ? otherwise : found;
  };
  let to = place(app.asked.to, model.last);
  let from = place(app.asked.from, Math.max(0, to - 1));
  if (from > to) [from, to] = [to, from];
  const filters = { before: "", after: "", category: "", cause: "", words: "" };
  const order = [...board.profiles.map((each) => each.profile), AWAY];
  const flow = chart("", innerWidth < 700 ? 380 : 460);
  const matrix = el("div", {});
  const list = el("div", {});
  const summary = el("p", { class: "summary" });
  const kinds = el("div", {});
  const causes = el("div", { class: "causes" });

  /** Count clients by where they were and where they are. */
  function net() {
    const counts = new Map();
    for (const { number } of model.clients) {
      const before = board.profile(number, from);
      const after = board.profile(number, to);
      if (before === AWAY && after === AWAY) continue;
      const key = `${before} ${after}`;
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    return counts;
  }

  function draw() {
    app.remember({ from: model.periods[from], to: model.periods[to] });
    const counts = net();
    let stayed = 0;
    let moved = 0;
    for (const [key, count] of counts) {
      const [before, after] = key.split(" ");
      if (before === after) stayed += count;
      else moved += count;
    }
    summary.textContent = from === to ? t("movements.same")
      : t("movements.summary", { moved: format.number(moved), stayed: format.number(stayed) });
    drawFlow(counts);
    drawMatrix(counts);
    drawList();
  }

  function drawFlow(counts) {
    const nodes = [];
    const links = [];
    for (const side of [0, 1]) for (const profile of order) {
      const sum = [...counts].reduce((all, [key, count]) =>
        all + (key.split(" ")[side] === profile ? count : 0), 0);
      if (!sum) continue;
      const colour = profile === AWAY ? "#c9d1d9" : board.describe(profile).color;
      nodes.push({
        name: `${side} ${profile}`, profile, side, sum, itemStyle: { color: colour, borderWidth: 0 },
        label: { position: side ? "left" : "right", formatter: `${profileName(board, profile)}  ${format.number(sum)}` },
      });
    }
    for (const before of order) for (const after of order) {
      const count = counts.get(`${before} ${after}`);
      if (!count) continue;
      const colour = before === AWAY ? "#c9d1d9" : board.describe(before).color;
      links.push({
        source: `0 ${before}`, target: `1 ${after}`, value: count, before, after,
        lineStyle: { color: tint(colour, before === after ? 0.3 : 0.75), opacity: before === after ? 0.6 : 0.8 },
      });
    }
    const first = !flow.drawn;
    flow.draw({
      animation: false,
      series: [{
        type: "sankey", left: 2, right: 2, top: 8, bottom: 8, nodeWidth: 16, nodeGap: 14,
        layoutIterations: 0, draggable: false, emphasis: { focus: "adjacency" },
        label: { color: INK, fontSize: 13, fontWeight: 600, textBorderColor: "#ffffff", textBorderWidth: 3 },
        lineStyle: { curveness: 0.5 }, data: nodes, links,
      }],
    });
    flow.say(t("movements.spoken", { from: format.longMonth(model.periods[from]), to: format.longMonth(model.periods[to]) }));
    if (first) {
      flow.tellOf((event) => (event.dataType === "edge"
        ? [`${profileName(board, event.data.before)} → ${profileName(board, event.data.after)}`,
            t("count.clients", { count: format.number(event.data.value) })]
        : [profileName(board, event.data.profile), t("count.clients", { count: format.number(event.data.sum) })]));
      flow.drawn.on("click", (event) => {
        if (event.dataType === "edge") choose(event.data.before, event.data.after);
      });
    }
  }

  function choose(before, after) {
    const isChosen = filters.before === before && filters.after === after;
    filters.before = isChosen ? "" : before;
    filters.after = isChosen ? "" : after;
    drawMatrix(net());
    drawList();
  }

  function drawMatrix(counts) {
    const used = order.filter((profile) => [...counts.keys()].some((key) => key.split(" ").includes(profile)));
    const most = Math.max(1, ...[...counts].filter(([key]) => new Set(key.split(" ")).size > 1).map(([, count]) => count));
    replace(matrix, el("p", { class: "note" }, t("movements.matrix.caption")), el("div", { class: "scrolled", tabindex: "0", role: "region", "aria-label": t("movements.matrix") },
      el("table", { class: "matrix" }, el("caption", { class: "unseen" }, t("movements.matrix")),
        el("thead", {}, el("tr", {}, el("td", {}), used.map((after) =>
          el("th", { scope: "col" }, profileName(board, after))), el("th", { scope: "col", class: "number" }, t("sum")))),
        el("tbody", {}, used.map((before) => el("tr", {},
          el("th", { scope: "row" }, chip(board, before)),
          used.map((after) => {
            const count = counts.get(`${before} ${after}`) ?? 0;
            const stays = before === after;
            const isChosen = filters.before === before && filters.after === after;
            return el("td", {
              class: stays ? "stays" : null,
              style: count && !stays ? { background: tint("#0072B2", 0.08 + 0.3 * (count / most)) } : {},
            }, count ? el("button", {
              type: "button", "aria-pressed": String(isChosen), on: { click: () => choose(before, after) },
              "aria-label": `${profileName(board, before)} → ${profileName(board, after)}: ${count}`,
            }, format.number(count)) : el("span", { class: "zero" }, "·"));
          }),
          el("td", { class: "number" }, format.number(used.reduce((sum, after) =>
            sum + (counts.get(`${before} ${after}`) ?? 0), 0)))))))));
  }

  /** Say what moved clients, and how many. */
  function drawCauses(moved) {
    const counts = new Map();
    for (const each of moved) counts.set(each.cause, (counts.get(each.cause) ?? 0) + 1);
    const sorted = [...counts].sort((one, other) => other[1] - one[1]);
    replace(causes, sorted.length > 0 && [el("h2", {}, t("movements.causes")), el("ul", {}, sorted.map(([cause, count]) =>
      el("li", {}, el("span", {}, word("cause", cause)), bar(count / sorted[0][1], ACCENT), el("strong", {}, format.number(count)))))]);
  }

  function drawList() {
    const all = board.part("movements").filter((each) => each.period > from && each.period <= to);
    const words = plain(filters.words);
    const rows = all.filter((each) => {
      if (filters.category && each.category !== filters.category) return false;
      if (filters.cause && each.cause !== filters.cause) return false;
      if (filters.before && board.profile(each.client, from) !== filters.before) return false;
      if (filters.after && board.profile(each.client, to) !== filters.after) return false;
      const client = model.clients[each.client];
      return !words || plain(`${client.client_id} ${client.client_name} ${each.explanation}`).includes(words);
    });
    drawCauses(all);
    replace(list,
      filters.before && el("p", { class: "following" },
        t("movements.chosen"), " ", change(board, filters.before, filters.after), " ",
        el("button", { type: "button", class: "quiet", on: { click: () => choose(filters.before, filters.after) } }, t("show_all"))),
      table([
        { key: "period", label: t("month"), tight: true, value: (row) => row.period, show: (row) => format.month(model.periods[row.period]), save: false },
        { key: "period_start", hidden: true, value: (row) => model.periods[row.period] },
        { key: "client_id", hidden: true, value: (row) => model.clients[row.client].client_id },
        { key: "client", label: t("client"), value: (row) => model.clients[row.client].client_name ?? model.clients[row.client].client_id,
          show: (row) => clientLink(model, row.client) },
        { key: "category", label: t("movement"), tight: true, show: (row) => category(row.category) },
        { key: "from_profile", hidden: true }, { key: "to_profile", hidden: true },
        { key: "change", label: t("from_to"), save: false, tight: true, value: (row) => profileName(board, row.from_profile),
          show: (row) => change(board, row.from_profile, row.to_profile) },
        { key: "cause", label: t("cause"), show: (row) => word("cause", row.cause) },
        { key: "explanation", label: t("why"), show: (row) => el("span", { class: "sentence" }, row.explanation ?? t("sentence.left_out")) },
      ], {
        caption: t("movements.list"), rows, page: 10, file: `movements-${board.name}`,
        sorted: ["period", true], nothing: t("movements.none"),
      }));
    const options = (key, group) => [["", t("all")],
      ...[...new Set(all.map((each) => each[key]))].sort().map((value) => [value, word(group, value)])];
    if (!kinds.childNodes.length || kinds.dataset.window !== `${from} ${to}`) {
      kinds.dataset.window = `${from} ${to}`;
      if (!options("category", "category").some(([value]) => value === filters.category)) filters.category = "";
      if (!options("cause", "cause").some(([value]) => value === filters.cause)) filters.cause = "";
      replace(kinds, el("div", { class: "tools" },
        field(t("movement"), choice(options("category", "category"), filters.category, (value) => { filters.category = value; drawList(); })),
        field(t("cause"), choice(options("cause", "cause"), filters.cause, (value) => { filters.cause = value; drawList(); })),
        field(t("words"), el("input", { type: "search", value: filters.words,
          on: { input: (event) => { filters.words = event.target.value; drawList(); } } }))));
    }
  }

  const months = model.periods.map((each) => [each, format.longMonth(each)]);
  const selectFrom = choice(months, model.periods[from], (value) => set(model.periods.indexOf(value), to), { id: "from" });
  const selectTo = choice(months, model.periods[to], (value) => set(from, model.periods.indexOf(value)), { id: "to" });

  function set(one, other) {
    from = Math.min(one, other);
    to = Math.max(one, other);
    selectFrom.value = model.periods[from];
    selectTo.value = model.periods[to];
    filters.before = "";
    filters.after = "";
    draw();
  }

  const quick = [["1", 1], ["3", 3], ["12", 12]].filter(([, back]) => back <= model.last);
  const element = el("div", { class: "panel" },
    el("section", { class: "card" },
      el("div", { class: "tools" },
        field(t("from"), selectFrom), field(t("until"), selectTo),
        el("div", { class: "quick", role: "group", "aria-label": t("movements.quick") }, quick.map(([label, back]) =>
          el("button", { type: "button", class: "quiet", on: { click: () => set(model.last - back, model.last) } },
            t("movements.back", { count: Number(label) })))),
        summary),
      model.last === 0 ? empty(t("movements.one_month")) : el("div", { class: "two flow" }, flow.element, el("div", { class: "stack" }, matrix, causes))),
    card(t("movements.list"), t("sentences.note"), kinds, list));
  flow.onResize = () => drawFlow(net());
  return { element, ready() { if (model.last > 0) draw(); else drawList(); } };
}

// Who is where: blocks as large as their profile, month by month.

import { MOST_BLOCKS, heading } from "../blocks.js";
import { chart } from "../charts.js";
import { INK, textOn, tint } from "../colour.js";
import { el, replace } from "../dom.js";
import * as format from "../format.js";
import { t } from "../i18n.js";
import { AWAY } from "../model.js";
import { category, change, chip, clientLink, empty, profileName, segments } from "../parts.js";

const MOST_MOVING = 1500;
const STEP_MILLISECONDS = 1100;

export function placement(app) {
  const { model, board } = app;
  let period = app.period;
  let size = "clients";
  let timer = null;

  const tiles = el("div", { class: "tiles" });
  const aside = el("div", { class: "aside" });
  const numbers = el("details", { class: "numbers" });
  const small = el("p", { class: "note" });
  const map = chart(t("placement.chart"), innerWidth < 700 ? 440 : 560);
  const now = el("output", { class: "month", for: "period" });
  const slider = el("input", {
    type: "range", id: "period", min: 0, max: model.last, step: 1, value: period,
    "aria-label": t("month"),
    on: { input: (event) => { stop(); move(Number(event.target.value)); } },
  });
  const play = el("button", { type: "button", class: "play", on: { click: () => (timer ? stop() : start()) } });
  const sizes = el("div", {});

  function start() {
    if (period >= model.last) move(0);
    timer = setInterval(() => {
      if (period >= model.last || !play.isConnected) stop();
      else move(period + 1);
    }, STEP_MILLISECONDS);
    drawPlay();
  }

  function stop() {
    clearInterval(timer);
    timer = null;
    drawPlay();
  }

  function drawPlay() {
    replace(play, el("span", { class: timer ? "pause-sign" : "play-sign", "aria-hidden": "true" }),
      timer ? t("pause") : t("play"));
  }

  function move(to) {
    period = to;
    app.remember({ period: model.periods[period] });
    slider.value = period;
    draw();
  }

  function drawSizes() {
    replace(sizes, model.revenue && segments(t("placement.size"), [
      ["clients", t("clients")], ["revenue", t("revenue")],
    ], size, (value) => { size = value; drawSizes(); draw(); }));
  }

  function draw() {
    const start = model.periods[period];
    now.textContent = format.longMonth(start);
    slider.setAttribute("aria-valuetext", format.longMonth(start));
    drawTiles(start);
    drawMap();
    drawAside(start);
    drawNumbers();
  }

  function drawTiles() {
    const counts = board.count(period);
    const before = period > 0 ? board.count(period - 1) : null;
    const growth = board.growth(period);
    const all = [...counts.values()].reduce((sum, count) => sum + count, 0);
    replace(tiles, board.profiles.map((line) => {
      const count = counts.get(line.profile);
      const row = growth.get(line.profile);
      const delta = before ? count - before.get(line.profile) : null;
      return el("div", { class: "tile", title: line.description, "data-profile": line.profile,
        style: { "border-top-color": line.color } },
        el("div", { class: "tile-name" }, line.label),
        el("div", { class: "tile-count" }, el("strong", {}, format.number(count)),
          el("span", { class: "delta" },
            delta === null ? null : delta === 0 ? "±0" : format.signed(delta))),
        el("div", { class: "tile-share" }, format.percent(all ? count / all : null),
          model.revenue && row && row.revenue !== null
            ? el("span", {}, ` · ${t("tile.revenue", { revenue: format.short(row.revenue) })}`) : null));
    }));
  }

  /** Say whether a client came into its profile in this period, and which way. */
  function way(client) {
    if (period === 0) return null;
    const before = board.profile(client, period - 1);
    const after = board.profile(client, period);
    if (before === after) return null;
    const ranks = [before, after].map((profile) => board.describe(profile).rank);
    if (ranks[0] === null || ranks[1] === null) return "new";
    return ranks[1] < ranks[0] ? "up" : "down";
  }

  function drawMap() {
    const chosen = app.client?.number ?? -1;
    const here = model.clients.filter((client) => board.profile(client.number, period) !== AWAY);
    const inGroups = here.length > MOST_BLOCKS;
    const worth = (client) => (size === "revenue" ? model.revenueOf(client.number, period) : 1);
    const data = board.profiles.map((line) => {
      const inside = here.filter((client) => board.profile(client.number, period) === line.profile);
      const sum = inside.reduce((all, client) => all + worth(client), 0);
      return {
        id: line.profile,
        name: line.label,
        figure: size === "revenue" ? format.short(sum) : format.number(inside.length),
        profile: line.profile,
        clients: inside.length,
        value: sum,
        itemStyle: { color: line.color, borderColor: line.color },
        upperLabel: { color: textOn(line.color) },
        children: inGroups ? groups(inside, line, worth) : inside.map((client) =>
          leaf(client, line, worth(client), chosen)),
      };
    }).filter((each) => each.value > 0);
    const first = !map.drawn;
    map.draw({
      animation: !first && here.length <= MOST_MOVING,
      animationDurationUpdate: 700,
      series: [{
        type: "treemap", sort: false, nodeClick: false, roam: false,
        breadcrumb: { show: false }, left: 0, top: 0, right: 0, bottom: 0,
        squareRatio: 1.2, visibleMin: 0, childrenVisibleMin: 0,
        label: { show: true, padding: 0, lineHeight: 13, formatter: (block) => fitting(block) },
        levels: [
          { itemStyle: { gapWidth: 6, borderWidth: 0 } },
          {
            itemStyle: { gapWidth: here.length > 1500 ? 0.5 : 1.5, borderWidth: 1 },
            upperLabel: { show: true, height: 26, fontSize: 13, fontWeight: 600, padding: [0, 8], formatter: (block) => heading(map, block) },
          },
          { itemStyle: { gapWidth: 0 } },
        ],
        data,
      }],
    });
    if (first) {
      map.tellOf((event) => tell(event.data));
      map.drawn.on("click", (event) => {
        if (event.data?.client) app.go({ view: "client", client: event.data.client });
      });
    }
    map.say(t("placement.spoken", { month: format.longMonth(model.periods[period]) }));
    small.textContent = inGroups ? t("placement.groups")
      : size === "revenue" ? t("placement.revenue.note") : t("placement.note");
  }

  /** Give as much of a client's name as its block has room for. */
  function fitting({ data, dataIndex }) {
    const { width, height } = map.blockSize(dataIndex);
    const fits = (text) => text && text.length * 6 + 3 <= width;
    if (!data.client) return fits(data.group) && height > 16 ? data.group : "";
    const sign = { up: "▲", down: "▼", new: "+" }[data.moved];
    const { client_name: name, client_id: id } = model.byId.get(data.client);
    const rows = Math.floor((height - 4) / 13);
    const words = [name, id].find(fits);
    if (!words || rows < 1) return sign && width > 11 && rows >= 1 ? sign : "";
    if (!sign) return words;
    return rows >= 2 ? `${sign}\n${words}` : fits(`${sign} ${words}`) ? `${sign} ${words}` : sign;
  }

  function leaf(client, line, value, chosen) {
    const moved = way(client.number);
    const isChosen = client.number === chosen;
    const ground = isChosen ? "#ffffff" : tint(line.color, moved ? 0.72 : 0.26);
    return {
      id: client.client_id, name: client.client_id, value, client: client.client_id, moved,
      itemStyle: {
        color: ground, borderColor: isChosen ? INK : ground, borderWidth: isChosen ? 3 : 0,
      },
      label: { color: textOn(ground), fontSize: 10, align: "center", fontWeight: isChosen ? 700 : 500 },
    };
  }

  function groups(inside, line, worth) {
    const sums = new Map();
    for (const client of inside) {
      const name = client.category ?? client.region ?? client.acquisition_channel ?? "–";
      sums.set(name, (sums.get(name) ?? 0) + worth(client));
    }
    return [...sums].sort((one, other) => (one[0] < other[0] ? -1 : 1)).map(([name, value]) => ({
      id: `${line.profile} ${name}`, name, value, group: name,
      itemStyle: { color: tint(line.color, 0.3) },
      label: { color: INK, fontSize: 10 },
    }));
  }

  function tell(data) {
    if (!data) return null;
    if (data.client) {
      const client = model.byId.get(data.client);
      const before = period > 0 ? board.profile(client.number, period - 1) : null;
      const after = board.profile(client.number, period);
      return [
        `${client.client_name ?? ""} ${client.client_id}`.trim(),
        `${board.describe(after).label} · ${t("score")} ${format.score(board.score(client.number, period))}`,
        data.moved && before ? `${profileName(board, before)} → ${profileName(board, after)}` : null,
        model.revenue
          ? `${t("revenue")} ≈ ${format.number(model.revenueOf(client.number, period))}` : null,
      ].filter(Boolean);
    }
    if (data.group) return [data.group, size === "revenue" ? format.short(data.value) : format.number(data.value)];
    return data.profile
      ? [board.describe(data.profile).label, t("count.clients", { count: format.number(data.clients) })] : null;
  }

  function drawAside(start) {
    const moved = board.part("movements").filter((each) => each.period === period);
    const kinds = ["promoted", "demoted", "reassigned", "new", "returned", "left"]
      .map((kind) => [kind, moved.filter((each) => each.category === kind).length])
      .filter(([, count]) => count);
    const order = { left: 0, demoted: 1, promoted: 2, reassigned: 3, returned: 4, new: 5 };
    const rows = [...moved].sort((one, other) =>
      jump(other) - jump(one) || order[one.category] - order[other.category] || one.client - other.client);
    replace(aside,
      el("h2", {}, t("placement.moved", { month: format.month(start) })),
      kinds.length
        ? el("ul", { class: "kinds" }, kinds.map(([kind, count]) =>
            el("li", {}, el("strong", {}, format.number(count)), " ", category(kind))))
        : empty(period === 0 ? t("placement.first") : t("placement.still")),
      rows.length ? el("ol", { class: "moved" }, rows.slice(0, 9).map((each) =>
        el("li", {}, clientLink(model, each.client), change(board, each.from_profile, each.to_profile)))) : null,
      rows.length > 9 ? el("p", {}, el("a", {
        href: `#movements&from=${model.periods[period - 1]}&to=${start}`,
      }, t("placement.all", { count: format.number(rows.length) }))) : null);
  }

  /** Give how far a movement goes, in ranks; coming and going are not that far. */
  function jump(each) {
    const ranks = [each.from_profile, each.to_profile].map((profile) => board.describe(profile).rank);
    if (ranks.includes(null)) return each.category === "left" ? 1 : 0;
    return Math.abs(ranks[0] - ranks[1]);
  }

  function drawNumbers() {
    const growth = board.growth(period);
    const counts = board.count(period);
    replace(numbers, el("summary", {}, t("as_table")),
      el("div", { class: "scrolled", tabindex: "0", role: "region", "aria-label": t("placement.table") },
        el("table", {}, el("caption", { class: "unseen" }, t("placement.table")),
          el("thead", {}, el("tr", {}, [t("profile"), t("clients"), t("share"), model.revenue && t("revenue")]
            .filter(Boolean).map((label, place) => el("th", { scope: "col", class: place ? "number" : null }, label)))),
          el("tbody", {}, board.profiles.map((line) => el("tr", {},
            el("th", { scope: "row" }, chip(board, line.profile)),
            el("td", { class: "number" }, format.number(counts.get(line.profile))),
            el("td", { class: "number" }, format.percent(growth.get(line.profile)?.share_of_clients ?? null)),
            model.revenue && el("td", { class: "number" },
              format.number(growth.get(line.profile)?.revenue ?? null))))))));
  }

  const following = app.client && el("p", { class: "following" },
    t("placement.following"), " ", clientLink(model, app.client.number), " ",
    el("button", { type: "button", class: "quiet", on: { click: () => app.forgetClient() } }, t("placement.unfollow")));
  const element = el("div", { class: "panel" },
    tiles,
    el("div", { class: "two wide-left" },
      el("section", { class: "card" },
        el("div", { class: "tools" },
          el("div", { class: "player" }, play, slider, now), sizes),
        following, map.element, small, numbers),
      el("section", { class: "card" }, aside)));
  drawPlay();
  drawSizes();
  map.onResize = () => drawMap();
  return { element, ready: draw, leave: stop };
}


// Begins the page: reads the data, and shows the panel that the address names.

import "../style.css";

import { forgetCharts } from "./charts.js";
import { combobox } from "./combobox.js";
import { el, replace } from "./dom.js";
import * as format from "./format.js";
import { LANGUAGES, language, preferredLanguage, t, useLanguage } from "./i18n.js";
import { Model } from "./model.js";
import { about } from "./panels/about.js";
import { calibration } from "./panels/calibration.js";
import { client } from "./panels/client.js";
import { growth } from "./panels/growth.js";
import { movements } from "./panels/movements.js";
import { placement } from "./panels/placement.js";
import { priority } from "./panels/priority.js";
import { segments } from "./parts.js";
import { inflate } from "./unpack.js";

const PANELS = { placement, client, movements, growth, calibration, priority, about };
const KEPT_LANGUAGE = "client_profiles.language";

const text = (id) => document.getElementById(id).textContent;
const root = document.getElementById("app");
const labels = JSON.parse(text("labels"));

/** What panels know of the page. */
const app = {
  model: null,
  board: null,
  period: 0,
  client: null,
  asked: {},
  /** Go to a panel: the address says all that it shows. */
  go(asked) {
    const address = addressOf(asked);
    if (location.hash === address) show();
    else location.hash = address;
  },
  /** Keep something in the address without a step back to it. */
  remember(asked) {
    app.asked = { ...app.asked, ...asked };
    if (asked.period) app.period = periodOf(asked.period);
    history.replaceState(null, "", addressOf(app.asked));
  },
  forgetClient() {
    app.client = null;
    app.go({ ...app.asked, client: undefined });
  },
  /** Show the panel again as it is. */
  again() {
    show();
  },
};

let leave = null;
let lastView = null;

function periodOf(asked) {
  const place = app.model.periods.findIndex((each) => each.startsWith(asked));
  return place < 0 ? app.model.last : place;
}

/** Read the address: #view&name=value or #client=ID. */
function read(address) {
  const asked = {};
  for (const [place, part] of address.replace(/^#/, "").split("&").entries()) {
    const [name, value] = part.split("=", 2);
    if (place === 0 && value === undefined) asked.view = name;
    else if (value !== undefined) asked[name] = decode(value);
  }
  if (asked.view === undefined && asked.client !== undefined) asked.view = "client";
  if (!(asked.view in PANELS)) asked.view = "placement";
  return asked;
}

function decode(value) {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

function addressOf({ view, client: id, ...others }) {
  const named = Object.entries(others).filter(([, value]) => value !== undefined && value !== null);
  const parts = view === "client" && id !== undefined
    ? [`client=${encodeURIComponent(id)}`]
    : [view, ...(id === undefined ? [] : [`client=${encodeURIComponent(id)}`])];
  return `#${[...parts, ...named.map(([name, value]) => `${name}=${encodeURIComponent(value)}`)].join("&")}`;
}

/** Give the address of a panel with what stays the same between panels. */
function addressOfPanel(view) {
  return addressOf({
    view, client: view === "placement" || view === "client" ? app.client?.client_id : undefined,
    scorecard: app.board === app.model.boards[0] ? undefined : app.board.name,
  });
}

function show() {
  const asked = read(location.hash);
  app.asked = asked;
  app.board = app.model.board(asked.scorecard ?? app.board?.name);
  app.period = asked.period ? periodOf(asked.period) : app.model.last;
  if (asked.client !== undefined) app.client = app.model.byId.get(asked.client) ?? null;
  const focused = root.contains(document.activeElement) ? document.activeElement : null;
  leave?.();
  forgetCharts();
  const panel = PANELS[asked.view](app);
  leave = panel.leave ?? null;
  document.title = `${asked.view === "client" && app.client
    ? app.client.client_name ?? app.client.client_id : t(`panel.${asked.view}`)} · ${t("title")}`;
  const main = el("main", { id: "main", tabindex: "-1", "data-panel": asked.view },
    asked.view !== "client" && el("h1", { class: "unseen" }, t(`panel.${asked.view}`)), panel.element);
  replace(root, el("a", { class: "skip", href: "#main", on: { click: (event) => {
    event.preventDefault();
    main.focus();
  } } }, t("skip")), header(), tabs(asked.view), main, footer());
  panel.ready?.();
  showTab();
  if (focused) keepFocus(focused, main, asked.view === lastView);
  if (lastView !== null && lastView !== asked.view) scrollTo(0, 0);
  lastView = asked.view;
  document.documentElement.dataset.ready = asked.view;
}

function header() {
  const { model } = app;
  return el("header", { class: "top" },
    el("div", { class: "brand" },
      el("span", { class: "logo", "aria-hidden": "true" }, el("i"), el("i"), el("i"), el("i")),
      el("div", {}, el("strong", {}, t("title")),
        el("span", {}, t("subtitle", {
          month: format.longMonth(model.periods[model.last]),
          day: format.day(model.run.published_at_utc),
        })))),
    el("div", { class: "choosers" },
      model.boards.length > 1 && segments(t("scorecard"),
        model.boards.map((each) => [each.name, each.label]), app.board.name,
        (name) => app.go({ ...app.asked, scorecard: name })),
      combobox(model.clients, (found) => app.go({
        view: "client", client: found.client_id, scorecard: app.asked.scorecard,
      })),
      segments(t("language"), LANGUAGES.map((each) => [each, each.slice(0, 2).toUpperCase()]), language(),
        (chosen) => {
          keepLanguage(chosen);
          useLanguage(chosen);
          show();
        })));
}

function tabs(view) {
  // With the file's name, or what checks pages takes tabs that are scrolled away on a phone
  // for links to places that are not there.
  const file = location.pathname.split("/").pop();
  return el("nav", { class: "tabs", "aria-label": t("panels") }, el("ul", {}, Object.keys(PANELS).map((name) =>
    el("li", {}, el("a", { href: `./${file}${addressOfPanel(name)}`, "aria-current": name === view ? "page" : null },
      t(`panel.${name}`))))));
}

/** Everything was drawn anew: whoever uses keys goes on where they were, or at the panel. */
function keepFocus(focused, main, isSamePanel) {
  const same = isSamePanel && [...root.querySelectorAll(focused.tagName)].find((each) =>
    each.textContent === focused.textContent && each.id === focused.id);
  (same || main).focus({ preventScroll: true });
}

/** On a phone not all names of panels fit: let the current one be seen. */
function showTab() {
  const list = root.querySelector(".tabs ul");
  const current = list.querySelector("[aria-current]").parentElement;
  list.scrollLeft = current.offsetLeft - (list.clientWidth - current.offsetWidth) / 2;
}

function footer() {
  return el("footer", {}, el("p", {}, t("footer", {
    day: format.day(app.model.run.as_of), rows: format.number(app.model.run.row_count),
  })));
}

function keepLanguage(chosen) {
  try {
    localStorage.setItem(KEPT_LANGUAGE, chosen);
  } catch {
    // Pages opened from disk may have nowhere to keep it.
  }
}

function keptLanguage() {
  try {
    return localStorage.getItem(KEPT_LANGUAGE);
  } catch {
    return null;
  }
}

async function begin() {
  useLanguage(keptLanguage() ?? preferredLanguage(navigator.languages ?? []));
  app.model = new Model(labels, await inflate(text("tables")));
  // What is unpacked takes no room twice.
  document.getElementById("tables").remove();
  addEventListener("hashchange", show);
  // The typeface is in the page, but canvas does not wait for it.
  await document.fonts?.load('500 12px "Inter Variable"');
  show();
}

begin();

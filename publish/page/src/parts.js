// Small pieces that several panels use.

import { el, svg } from "./dom.js";
import { t, word } from "./i18n.js";
import { AWAY } from "./model.js";

/** A profile: a spot in its colour and its name in ink. */
export function chip(board, profile, className = "") {
  const away = isAway(profile);
  const line = board.describe(profile);
  return el("span", { class: `chip ${className}`, title: away ? null : line.description },
    el("span", {
      class: away ? "spot spot-away" : "spot", "aria-hidden": "true",
      style: away ? {} : { background: line.color },
    }),
    away ? t("away") : line.label);
}

/** Say whether it stands for no client at all. */
function isAway(profile) {
  return profile === AWAY || profile === "left" || profile === null || profile === undefined;
}

/** Give a profile's name as text. */
export function profileName(board, profile) {
  return isAway(profile) ? t("away") : board.describe(profile).label;
}

/** From one profile to another. */
export function change(board, before, after) {
  return el("span", { class: "change" }, chip(board, before),
    el("span", { class: "arrow", "aria-label": t("to") }, "→"), chip(board, after));
}

/** A client's name that leads to it. */
export function clientLink(model, number, { withId = true } = {}) {
  const client = model.clients[number];
  return el("a", { class: "client", href: clientAddress(client.client_id) },
    client.client_name ?? client.client_id,
    withId && client.client_name ? el("span", { class: "id" }, client.client_id) : null);
}

export function clientAddress(id) {
  return `#client=${encodeURIComponent(id)}`;
}

/** A bar for a share from 0 to 1. */
export function bar(share, colour, label) {
  const width = Math.max(0, Math.min(1, share ?? 0)) * 100;
  return el("span", { class: "bar", role: label ? "img" : null, "aria-label": label,
    "aria-hidden": label ? null : "true" },
    el("span", { style: { width: `${width}%`, background: colour } }));
}

/** A panel's card with a heading. */
export function card(title, note, ...children) {
  return el("section", { class: "card" },
    title && el("header", {}, el("h2", {}, title), note && el("p", { class: "note" }, note)),
    children);
}

/** What stands where there is nothing to show. */
export function empty(text) {
  return el("p", { class: "empty" }, text);
}

/** A field with its label. */
export function field(label, control, className = "") {
  return el("label", { class: `field ${className}` }, el("span", {}, label), control);
}

/** A list to choose from. */
export function choice(options, chosen, onChange, attributes = {}) {
  return el("select", { ...attributes, on: { change: (event) => onChange(event.target.value) } },
    options.map(([value, label]) => el("option", { value, selected: value === chosen }, label)));
}

/** A few buttons of which one is pressed. */
export function segments(label, options, chosen, onChange) {
  return el("div", { class: "segments", role: "group", "aria-label": label },
    options.map(([value, text]) => el("button", {
      type: "button", "aria-pressed": String(value === chosen), on: { click: () => onChange(value) },
    }, text)));
}

/** A share and the interval that it may lie in, on a scale that begins at 0. */
export function interval(value, lower, upper, limit, middle, colour, label) {
  const at = (number) => Math.min(Math.max(number / limit, 0), 1) * 100;
  return svg("svg", { class: "interval", viewBox: "0 0 100 16", preserveAspectRatio: "none",
    role: "img", "aria-label": label },
    svg("line", { x1: at(middle), x2: at(middle), y1: 0, y2: 16, class: "middle" }),
    svg("line", { x1: at(lower), x2: at(upper), y1: 8, y2: 8, class: "range" }),
    svg("rect", { x: at(value) - 0.9, y: 2, width: 1.8, height: 12, rx: 0.4, fill: colour }));
}

/** Say how a movement is called. */
export function category(value) {
  return word("category", value);
}

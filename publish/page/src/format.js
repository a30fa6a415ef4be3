// Numbers and dates as the chosen language writes them.

import { language } from "./i18n.js";

const made = new Map();

function formatter(kind, options) {
  const key = `${language()} ${kind} ${JSON.stringify(options)}`;
  if (!made.has(key))
    made.set(key, kind === "number"
      ? new Intl.NumberFormat(language(), options)
      : new Intl.DateTimeFormat(language(), { timeZone: "UTC", ...options }));
  return made.get(key);
}

export const NOTHING = "–";

export function number(value, decimals = 0) {
  if (value === null || value === undefined) return NOTHING;
  return formatter("number", { minimumFractionDigits: decimals, maximumFractionDigits: decimals })
    .format(value);
}

/** As many decimals as it has, up to six. */
export function exactNumber(value) {
  if (value === null || value === undefined) return NOTHING;
  return formatter("number", { maximumFractionDigits: 6 }).format(value);
}

export function percent(share, decimals = 1) {
  if (share === null || share === undefined) return NOTHING;
  return formatter("number", {
    style: "percent", minimumFractionDigits: decimals, maximumFractionDigits: decimals,
  }).format(share);
}

export function signed(value, decimals = 0) {
  if (value === null || value === undefined) return NOTHING;
  const text = formatter("number", {
    signDisplay: "exceptZero", minimumFractionDigits: decimals, maximumFractionDigits: decimals,
  }).format(value);
  return text.replace("-", "−");
}

/** Short, for axes and tiles: 110 k. */
export function short(value) {
  if (value === null || value === undefined) return NOTHING;
  return formatter("number", { notation: "compact", maximumFractionDigits: 1 }).format(value);
}

/** A score that counts in ten-thousandths. */
export function score(tenThousandths, decimals = 2) {
  return tenThousandths === null || tenThousandths === undefined
    ? NOTHING : number(tenThousandths / 10_000, decimals);
}

const asDate = (text) => new Date(`${String(text).slice(0, 10)}T00:00:00Z`);

export function month(text) {
  return text ? formatter("date", { month: "short", year: "numeric" }).format(asDate(text)) : NOTHING;
}

export function shortMonth(text) {
  return formatter("date", { month: "short", year: "2-digit" }).format(asDate(text));
}

export function longMonth(text) {
  return formatter("date", { month: "long", year: "numeric" }).format(asDate(text));
}

export function day(text) {
  return text
    ? formatter("date", { day: "numeric", month: "short", year: "numeric" }).format(asDate(text))
    : NOTHING;
}

/** A value of a metric in its own unit. */
export function metric(value, format) {
  if (value === null || value === undefined) return NOTHING;
  if (format === "percent")
    return formatter("number", { style: "percent", maximumFractionDigits: 2 }).format(value);
  return formatter("number", { maximumFractionDigits: 2 }).format(value);
}

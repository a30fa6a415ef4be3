// Words of the page, by language. What comes from the rules stays in their language.

import strings from "./strings.json";

export const LANGUAGES = Object.keys(strings);

let current = "en";

/** Choose a language: the page's attribute, its words, its numbers and dates. */
export function useLanguage(language) {
  current = LANGUAGES.includes(language) ? language : "en";
  document.documentElement.lang = current;
}

export function language() {
  return current;
}

/** Give the language that the browser asks for, as far as there is one. */
export function preferredLanguage(asked) {
  for (const each of asked)
    for (const known of LANGUAGES)
      if (each.slice(0, 2).toLowerCase() === known.slice(0, 2)) return known;
  return "en";
}

/** Give a text; {name} in it stands for a value, `key.one` is for a count of one. */
export function t(key, values = {}) {
  const words = strings[current];
  const text = (values.count === 1 ? words[`${key}.one`] : undefined) ?? words[key] ?? strings.en[key];
  if (text === undefined) return key;
  return text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}

/** Give the word for a value of the warehouse, or the value itself without underscores. */
export function word(group, value) {
  if (value === null || value === undefined || value === "") return "–";
  const key = `${group}.${value}`;
  const text = t(key);
  return text === key ? String(value).replaceAll("_", " ") : text;
}

// Search for a client: a text field with a list, used by keyboard as ARIA describes it.

import { el, newId, replace } from "./dom.js";
import { t } from "./i18n.js";

const SHOWN = 8;

/** Give a text as it is compared: small letters without accents. */
export function plain(text) {
  return (text ?? "").normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}

/** Find clients: those whose id or name begins with the words first. */
export function find(clients, asked) {
  const words = plain(asked).trim();
  if (!words) return [];
  const ranked = [];
  for (const client of clients) {
    const texts = [plain(client.client_id), plain(client.client_name)];
    const place = Math.min(...texts.map((text) => (text.indexOf(words) + 1 || 1e9)));
    if (place < 1e9) ranked.push({ client, place: place === 1 ? 0 : 1 });
  }
  return ranked.sort((one, other) => one.place - other.place).map((each) => each.client);
}

/** Make the search field; `onChoose(client)` is called with the client. */
export function combobox(clients, onChoose) {
  const listId = newId("found");
  let found = [];
  let active = -1;
  const list = el("ul", { id: listId, role: "listbox", "aria-label": t("search.found"), hidden: true });
  const status = el("span", { class: "unseen", role: "status" });
  const input = el("input", {
    type: "search", role: "combobox", "aria-expanded": "false", "aria-controls": listId,
    "aria-autocomplete": "list", autocomplete: "off", spellcheck: "false",
    "aria-label": t("search"), placeholder: t("search"),
    on: {
      input: () => look(),
      focus: () => { if (input.value) look(); },
      blur: () => setTimeout(close, 120),
      keydown: (event) => press(event),
    },
  });

  function look() {
    const all = find(clients, input.value);
    found = all.slice(0, SHOWN);
    active = found.length ? 0 : -1;
    status.textContent = input.value ? t("search.count", { count: all.length }) : "";
    draw();
  }

  function draw() {
    const open = input.value.trim() !== "";
    list.hidden = !open;
    input.setAttribute("aria-expanded", String(open));
    replace(list, found.map((client, place) => el("li", {
      id: `${listId}-${place}`, role: "option", "aria-selected": String(place === active),
      on: { mousedown: (event) => { event.preventDefault(); choose(client); } },
    }, el("span", {}, client.client_name ?? client.client_id),
      client.client_name ? el("span", { class: "id" }, client.client_id) : null)),
      open && !found.length
        ? el("li", { role: "option", "aria-disabled": "true", "aria-selected": "false", class: "none" },
            t("search.none"))
        : null);
    if (active >= 0) input.setAttribute("aria-activedescendant", `${listId}-${active}`);
    else input.removeAttribute("aria-activedescendant");
  }

  function press(event) {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (list.hidden) look();
      else if (found.length) {
        const step = event.key === "ArrowDown" ? 1 : -1;
        active = (active + step + found.length) % found.length;
        draw();
      }
    } else if (event.key === "Enter" && active >= 0 && !list.hidden) {
      event.preventDefault();
      choose(found[active]);
    } else if (event.key === "Escape") {
      if (list.hidden) input.value = "";
      close();
    }
  }

  function close() {
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }

  function choose(client) {
    input.value = "";
    found = [];
    close();
    onChoose(client);
  }

  return el("div", { class: "search" }, input, list, status);
}

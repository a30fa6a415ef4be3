// CSV that a spreadsheet program shows and does not compute.

const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/;

/** Give a cell: numbers as they are, texts never as a formula, quoted where needed. */
export function cell(value) {
  if (value === null || value === undefined) return "";
  if (typeof value === "number") return String(value);
  const text = FORMULA.test(value) ? `'${value}` : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export function csv(header, rows) {
  return [header, ...rows].map((row) => `${row.map(cell).join(",")}\r\n`).join("");
}

/** Let the browser save a text; a mark at its start tells spreadsheets that it is UTF-8. */
export function download(name, text, mark = true) {
  const address = URL.createObjectURL(
    new Blob([mark ? "\ufeff" : "", text], { type: "text/csv;charset=utf-8" }),
  );
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

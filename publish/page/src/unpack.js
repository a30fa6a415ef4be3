// Reads what publish/packing.py packed. No DOM in here.

/** Give the place in a list that a sign stands for; -1 for no row. */
export function placeOf(code) {
  if (code === 33) return -1;
  if (code < 92) return code - 35;
  return code < 127 ? code - 36 : code - 165;
}

/** Inflate the large part: JSON, deflated, in letters. */
export async function inflate(text) {
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return JSON.parse(await new Response(stream).text());
}

function numbersOf(packed) {
  if ("nr" in packed) return packed.nr;
  let sum = 0;
  return packed.rises.map((rise) => (sum += rise));
}

/** Give a packed column as a list of `rows` values; numbers as they are shown. */
export function column(packed, rows) {
  if ("same" in packed) return Array(rows).fill(packed.same);
  if ("of" in packed && "at" in packed)
    return Array.from({ length: rows }, (_, row) => packed.of[placeOf(packed.at.charCodeAt(row))]);
  if ("of" in packed) return packed.nr.map((place) => packed.of[place]);
  const unit = 10 ** packed.decimals;
  return numbersOf(packed).map((number) => (number === null ? null : Number(number) / unit));
}

/** Give a packed column of numbers as whole ones: number or, where large, BigInt. */
export function wholeColumn(packed, rows) {
  if ("same" in packed) return { decimals: 0, values: Array(rows).fill(packed.same) };
  return {
    decimals: packed.decimals,
    values: numbersOf(packed).map((each) => (typeof each === "string" ? BigInt(each) : each)),
  };
}

/** Give a packed table as a list of objects. */
export function records(table) {
  const names = Object.keys(table.columns);
  const columns = names.map((name) => column(table.columns[name], table.rows));
  const together = table.together ? column(table.together, table.rows) : null;
  return Array.from({ length: table.rows }, (_, row) => {
    const record = Object.fromEntries(names.map((name, place) => [name, columns[place][row]]));
    if (together) table.together.names.forEach((name, place) => { record[name] = together[row][place]; });
    return record;
  });
}

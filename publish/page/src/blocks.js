// What the blocks of both treemaps have in common.

/** Give as much of a profile's name and figure as the head of its block has room for. */
export function heading(map, { data, dataIndex }) {
  const { width } = map.blockSize(dataIndex);
  const fits = (text) => text.length * 6.8 + 16 <= width;
  return [`${data.name}  ${data.figure}`, data.figure].find(fits) ?? "";
}

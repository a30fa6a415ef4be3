// What the blocks of both treemaps have in common.

// More blocks than this are no longer told apart: groups stand for them.
export const MOST_BLOCKS = 8000;

/** Give as much of a profile's name and figure as the head of its block has room for. */
export function heading(map, { data, dataIndex }) {
  const { width } = map.blockSize(dataIndex);
  const fits = (text) => text.length * 6.6 + 16 <= width;
  return [`${data.name}  ${data.figure}`, data.name, data.figure].find(fits) ?? "";
}

/** Types of b-tree pages: interior and leaf, of indexes and of tables. Source: sqlite.org/fileformat2.html. */
const INTERIOR = new Set([0x02, 0x05]);
const LEAF = new Set([0x0a, 0x0d]);
/** The file's header comes before the first page's own. */
const FILE_HEADER_BYTES = 100;
const ZEROS = Buffer.alloc(65_536);

/**
 * Overwrites the bytes of a page of a SQLite file that belong to no row.
 *
 * @param page - the whole page, changed in place
 * @param number - of the page, from 1
 * @returns whether there was anything else than zeros
 * @remarks `secure_delete` overwrites what is deleted, but not what is left where SQLite moved a row to another
 * page to balance a tree: the copy stays between the page's list of rows and its first row, and outlives the row.
 * Pages of other kinds (overflow and free pages start with a zero byte as long as the file has fewer than 2^24
 * pages) hold no such gap.
 */
export function clearUnusedBytes(page: Uint8Array, number: number): boolean {
  const start = number === 1 ? FILE_HEADER_BYTES : 0;
  const type = page[start]!;
  if (!INTERIOR.has(type) && !LEAF.has(type)) return false;
  const view = new DataView(page.buffer, page.byteOffset, page.byteLength);
  const rows = view.getUint16(start + 3);
  // 0 stands for 65,536, the largest size of a page.
  const content = view.getUint16(start + 5) || 65_536;
  let changed = false;
  const clear = (from: number, to: number): void => {
    if (from >= to || to > page.length) return;
    const unused = page.subarray(from, to);
    if (ZEROS.subarray(0, unused.length).equals(unused)) return;
    unused.fill(0);
    changed = true;
  };
  const places = start + (INTERIOR.has(type) ? 12 : 8);
  const placesEnd = places + 2 * rows;
  if (placesEnd > content || placesEnd > page.length) return false;
  // In a damaged page a row may lie where nothing should be: it is left for whoever tries to save it.
  for (let at = places; at < placesEnd; at += 2) if (view.getUint16(at) < content) return false;
  clear(placesEnd, content);
  // Holes between rows: a list in ascending order, each with the place of the next and its own size.
  let hole = view.getUint16(start + 1);
  while (hole >= content && hole + 4 <= page.length) {
    clear(hole + 4, hole + view.getUint16(hole + 2));
    const next = view.getUint16(hole);
    if (next <= hole) break;
    hole = next;
  }
  return changed;
}

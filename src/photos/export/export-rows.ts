import type { FoundPhoto } from '../find/find-photos.ts';

/** A face in a table: one row for each person and face. */
const COLUMNS = ['path', 'taken_at', 'name', 'left', 'top', 'width', 'height', 'frame_ms'] as const;

/** Lines of a CSV file (RFC 4180), with a head: one for each named face, and one without a name for a photo of nobody's. */
export async function* csvLines(photos: AsyncIterable<FoundPhoto>): AsyncGenerator<string, void, void> {
  yield `${COLUMNS.join(',')}\r\n`;
  for await (const { paths, takenAt, people } of photos) {
    const photo = [paths[0] ?? '', takenAt?.toISOString() ?? ''];
    if (people.length === 0) yield csvLine([...photo, '', '', '', '', '', '']);
    for (const { name, faces } of people)
      for (const { box, frameMs } of faces) {
        const sides = [box.left, box.top, box.width, box.height].map((side) => String(Math.round(side)));
        yield csvLine([...photo, name, ...sides, frameMs === null ? '' : String(frameMs)]);
      }
  }
}

/** An array of JSON, a photo a line. */
export async function* jsonLines(photos: AsyncIterable<FoundPhoto>): AsyncGenerator<string, void, void> {
  let before = '[\n';
  for await (const photo of photos) {
    yield before + JSON.stringify(photo);
    before = ',\n';
  }
  yield before === '[\n' ? '[]\n' : '\n]\n';
}

function csvLine(cells: readonly string[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`;
}

/** Spreadsheets compute what begins like a formula, also out of a name that somebody made up: a quote keeps it a text. */
function csvCell(text: string): string {
  const plain = /^[=+@\t\r-]/.test(text) && !/^-?\d+(\.\d+)?$/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}

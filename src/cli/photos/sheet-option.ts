import type { Command } from 'commander';
import { printable } from '../../core/text/printable.ts';
import type { PhotoReads } from '../../gallery/stores/photos/photo-store.ts';
import { prepareOutputFile } from '../../node/files/prepare-output-file.ts';
import { imageFormatOf, writeImage } from '../../node/image/encode-image.ts';
import { faceSheet, MOST_ON_A_SHEET, type SheetRow } from '../../photos/find/face-sheets.ts';
import type { Output } from '../output/output.ts';

/** What commands are told that make a sheet of what they list. */
export interface SheetOptions {
  readonly sheet?: string | undefined;
}

/** Adds `--sheet`. */
export function addSheetOption(command: Command): Command {
  return command.option(
    '--sheet <file>',
    'also write a contact sheet of the faces, to look at: .png, .jpg or .webp',
  );
}

/** Refuses, before any work, a sheet that could not be written. */
export async function prepareSheet({ sheet }: SheetOptions): Promise<void> {
  if (sheet === undefined) return;
  imageFormatOf(sheet);
  await prepareOutputFile(sheet);
}

/** Writes the sheet, where one is wanted and there is something to show. */
export async function writeSheet(
  { sheet }: SheetOptions,
  store: Pick<PhotoReads, 'findThumbnail'>,
  {
    rows,
    title,
    perCard,
    output,
  }: {
    readonly rows: readonly SheetRow[];
    readonly title: string;
    readonly perCard: number;
    readonly output: Output;
  },
): Promise<void> {
  if (sheet === undefined) return;
  if (rows.length === 0) {
    output.note('no sheet: there is nothing to show');
    return;
  }
  await writeImage(sheet, await faceSheet(store, rows, { title, perCard }));
  const left = rows.length - MOST_ON_A_SHEET;
  output.note(
    `sheet: ${printable(sheet)}${left > 0 ? `, the first ${MOST_ON_A_SHEET} of ${rows.length}` : ''}`,
  );
}

import { type Command, Option } from 'commander';
import { invalidArgument } from '../../core/errors.ts';
import { printable } from '../../core/text/printable.ts';
import { prepareOutputFile } from '../../node/files/prepare-output-file.ts';
import { exportAlbum } from '../../photos/export/album/export-album.ts';
import { exportLinks, type LinkKind } from '../../photos/export/export-links.ts';
import { csvLines, jsonLines } from '../../photos/export/export-rows.ts';
import { writeNewFile } from '../../photos/export/write-new-file.ts';
import { type FoundPhoto, findPhotos } from '../../photos/find/find-photos.ts';
import type { CommandContext } from '../command-context.ts';
import { counted } from '../output/counted.ts';
import { Output } from '../output/output.ts';
import { addFindOptions, type FindOptions, searchOf } from './find-options.ts';
import { type LibraryOptions, photosSubcommand, withLibrary } from './photos-subcommand.ts';

interface ExportOptions extends LibraryOptions, FindOptions {
  readonly link: LinkKind;
  readonly title: string;
}

const KINDS = ['links', 'csv', 'json', 'album'] as const;

/** Adds `photos export`. */
export function addExportCommand(group: Command, context: CommandContext): void {
  const command = photosSubcommand(
    group,
    'export',
    'write what is known where other programs, or people without this one, can use it; photos are only read',
  )
    .argument('<kind>', `${KINDS.join(', ')}: see below`)
    .argument(
      '<where>',
      'links, album: a new or empty folder, or that of an earlier export; csv, json: a new file',
    );
  addFindOptions(command)
    .addOption(
      new Option(
        '--link <how>',
        'links: how photos get there; what a disk does not allow falls back to the next',
      )
        .choices(['symlink', 'hardlink', 'copy'])
        .default('symlink'),
    )
    .option('--title <text>', 'album: what stands above it', 'Photos')
    .addHelpText('after', HELP)
    .action((kind: string, where: string, options: ExportOptions) =>
      runExport(kind, where, { options, context }),
    );
}

const HELP = `
Kinds:
  links  a folder for each person, with a link to each photo
  csv    a line for each named face, for a spreadsheet
  json   an array of photos, with who is in them and where
  album  pages that open in any browser, without this program and without a network: people, two together, over time`;

async function runExport(
  kind: string,
  where: string,
  { options, context }: { readonly options: ExportOptions; readonly context: CommandContext },
): Promise<void> {
  if (!KINDS.some((known) => known === kind))
    throw invalidArgument(`one of ${KINDS.join(', ')}`, '<kind>', kind);
  const output = new Output('exporting', { signal: context.signal });
  const search = searchOf([], options);
  const { json } = options;
  await withLibrary(options, async (library) => {
    const { store } = library;
    let photos = 0;
    const found = count(
      findPhotos(store, search),
      () => {
        photos++;
        output.progress(photos, null);
      },
      context.signal,
    );
    if (kind === 'links') {
      const { people, files, nameless } = await exportLinks(found, where, { kind: options.link });
      output.end();
      if (json) return output.json({ kind, where, photos, people, files, nameless });
      const { symlink, hardlink, copy } = files;
      const made = [
        ...(symlink > 0 ? [counted(symlink, 'link')] : []),
        ...(hardlink > 0 ? [counted(hardlink, 'hard link')] : []),
        ...(copy > 0 ? [counted(copy, 'copy', 'copies')] : []),
      ];
      await output.line(
        `${made.join(', ') || 'nothing'} in ${counted(people, 'folder')} in ${printable(where)}`,
      );
      if (nameless > 0) output.note(`left out: ${counted(nameless, 'photo')} in which nobody has a name`);
      return;
    }
    if (kind === 'album') {
      const made = await exportAlbum(store, found, where, { title: options.title, signal: context.signal });
      output.end();
      if (json) return output.json({ kind, where, ...made });
      await output.line(
        `${counted(made.photos, 'photo')} of ${counted(made.people, 'person', 'people')}: ${printable(made.index)}`,
      );
      for (const path of made.withoutPicture)
        output.note(`${printable(path)}: gone, or not what was scanned: without a picture, scan again`);
      return;
    }
    await prepareOutputFile(where);
    await writeNewFile(where, kind === 'csv' ? csvLines(found) : jsonLines(found));
    output.end();
    if (json) await output.json({ kind, where, photos });
    else await output.line(`${counted(photos, 'photo')}: ${printable(where)}`);
  });
}

async function* count(
  photos: AsyncIterable<FoundPhoto>,
  onPhoto: () => void,
  signal: AbortSignal,
): AsyncGenerator<FoundPhoto, void, void> {
  for await (const photo of photos) {
    signal.throwIfAborted();
    onPhoto();
    yield photo;
  }
}

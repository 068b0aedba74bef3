import type { Command } from 'commander';
import { printable } from '../../core/text/printable.ts';
import type { PhotoReads, StoredPhotoFace } from '../../gallery/stores/photos/photo-store.ts';
import type { CommandContext } from '../command-context.ts';
import { Output } from '../output/output.ts';
import { TextTable } from '../output/text-table.ts';
import { FACES_HELP, facesMeant, shortId } from './face-arguments.ts';
import { type LibraryOptions, photosSubcommand, withLibrary } from './photos-subcommand.ts';
import { percent } from './questions.ts';
import { addSheetOption, prepareSheet, type SheetOptions, writeSheet } from './sheet-option.ts';

/** Adds `photos faces`. */
export function addFacesCommand(group: Command, context: CommandContext): void {
  addSheetOption(
    photosSubcommand(group, 'faces', 'list the faces of a group, with the photos that they are in'),
  )
    .argument('<faces...>', FACES_HELP)
    .action((words: string[], options: LibraryOptions & SheetOptions) => listFaces(words, options, context));
}

async function listFaces(
  words: readonly string[],
  options: LibraryOptions & SheetOptions,
  context: CommandContext,
): Promise<void> {
  const output = new Output('', context);
  await prepareSheet(options);
  await withLibrary(options, async ({ store }) => {
    const found = await store.faces(await facesMeant(store, words));
    const faces = [...found.values()].sort((a, b) => b.quality - a.quality);
    const names = await store.peopleByIds([...new Set(faces.flatMap(({ personId }) => personId ?? []))]);
    const paths = await pathsOf(store, faces);
    const table = new TextTable([
      { title: 'FACE', width: 8 },
      { title: 'GOOD', width: 5, align: 'right' },
      { title: 'WHO', width: 12 },
      { title: 'PHOTO', cut: 'start' },
    ]);
    if (!options.json) await output.line(table.header());
    for (const { id, photoId, frameMs, box, quality, personId, isIgnored, groupId } of faces) {
      const name = personId === null ? null : (names.get(personId) ?? null);
      const path = paths.get(photoId) ?? null;
      if (options.json)
        await output.json({ id, photoId, path, frameMs, box, quality, name, isIgnored, groupId });
      else {
        const who = isIgnored ? '(ignored)' : (name ?? '-');
        const at = frameMs === null ? '' : ` at ${frameMs / 1000} s`;
        await output.line(
          table.row([shortId(id), percent(quality), printable(who), `${printable(path ?? '-')}${at}`]),
        );
      }
    }
    const rows = faces.map(({ id }) => ({ caption: shortId(id), faceIds: [id] }));
    await writeSheet(options, store, { rows, title: words.join(', '), perCard: 1, output });
  });
}

/** A path of each face's photo. */
async function pathsOf(
  store: PhotoReads,
  faces: readonly StoredPhotoFace[],
): Promise<ReadonlyMap<string, string>> {
  const photos = await store.photos([...new Set(faces.map(({ photoId }) => photoId))]);
  return new Map(
    [...photos].flatMap(([id, { paths }]) => (paths[0] === undefined ? [] : [[id, paths[0]] as const])),
  );
}

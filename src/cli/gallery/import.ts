import type { Command } from 'commander';
import { galleryExists } from '../../gallery/gallery-exists.ts';
import { checkGalleryFile, importGallery, readGalleryFileHeader } from '../../gallery/gallery-file.ts';
import type { ImportResult } from '../../gallery/gallery-types.ts';
import { openGallery } from '../../gallery/open-gallery.ts';
import type { CommandContext } from '../command-context.ts';
import { counted } from '../output/counted.ts';
import { Output } from '../output/output.ts';
import { type GalleryOptions, gallerySubcommand, printResult } from './gallery-subcommand.ts';

/** Adds `gallery import`. */
export function addImportCommand(group: Command, context: CommandContext): void {
  gallerySubcommand(
    group,
    'import',
    'import a file that "gallery export" wrote; the gallery is created if it does not exist',
  )
    .argument('<file>')
    .action((file: string, options: GalleryOptions) => takeIn(file, options, context));
}

async function takeIn(file: string, options: GalleryOptions, context: CommandContext): Promise<void> {
  const { signal } = context;
  const output = new Output('importing', { signal, goOn: 'The same command again imports the rest' });
  const header = await readGalleryFileHeader(file);
  // A gallery that is made for this must not stay behind, empty, where the file turns out to be wrong.
  if (!(await galleryExists(options.gallery))) await checkGalleryFile(file, header);
  const { embedder, metric, distances, ledger, pack } = header;
  const wanted = { embedder, metric, distances, ledger, pack, thumbnails: true };
  await using gallery = await openGallery(options.gallery, wanted);
  let result: ImportResult;
  try {
    result = await importGallery(gallery, file, {
      signal,
      onProgress: (done, total) => output.progress(done, total),
    });
  } finally {
    output.end();
  }
  await printResult(options, context, { value: result, text: describe(result) });
}

function describe({ people, faces, negatives, present, expired, withoutPerson }: ImportResult): string {
  const parts = [
    `${counted(people, 'person', 'people')}, ${counted(faces, 'face')}, ${counted(negatives, 'negative example')} imported`,
    ...(present > 0 ? [`${present} were there already`] : []),
    ...(expired > 0 ? [`${expired} left out: the person has expired`] : []),
    ...(withoutPerson > 0 ? [`${withoutPerson} left out: their person is not in the file`] : []),
  ];
  return parts.join('; ');
}

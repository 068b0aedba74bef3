import { resolve } from 'node:path';
import type { Command } from 'commander';
import { printable } from '../../core/text/printable.ts';
import { openPacketWriter } from '../../photos/metadata/packet-writer.ts';
import { writeLibraryPeople } from '../../photos/metadata/write-library-people.ts';
import type { CommandContext } from '../command-context.ts';
import { counted } from '../output/counted.ts';
import { describeError, Output } from '../output/output.ts';
import { type LibraryOptions, photosSubcommand, withLibrary } from './photos-subcommand.ts';

interface WriteMetadataOptions extends LibraryOptions {
  readonly intoFiles?: true | undefined;
  readonly dryRun?: true | undefined;
  readonly folder?: string | undefined;
}

/** Adds `photos write-metadata`. */
export function addWriteMetadataCommand(group: Command, context: CommandContext): void {
  photosSubcommand(
    group,
    'write-metadata',
    'write who is in each photo where other programs read it: into sidecars, photo.jpg.xmp',
  )
    .option('--folder <folder>', 'only photos in this folder and below')
    .option('--into-files', 'into the photos themselves, which needs exiftool-vendored and perl')
    .option('--dry-run', 'only say what would be written')
    .action((options: WriteMetadataOptions) => writeMetadata(options, context));
}

async function writeMetadata(options: WriteMetadataOptions, context: CommandContext): Promise<void> {
  const { json, intoFiles, dryRun, folder } = options;
  const { signal } = context;
  const output = new Output('', { signal, goOn: 'The same command goes on from there' });
  await using into = intoFiles ? await openPacketWriter() : undefined;
  const counts = { changed: 0, unchanged: 0, failed: 0 };
  await withLibrary(options, async ({ store }) => {
    const settings = { into, dryRun: dryRun === true, signal };
    const photos = writeLibraryPeople(store, { ...settings, folder: folder && resolve(folder) });
    for await (const { path, people, written, error } of photos) {
      if (error) {
        counts.failed++;
        if (json) await output.json({ path, error: describeError(error) });
        else output.failure(path, error);
        continue;
      }
      const { file, changed, notes } = written!;
      counts[changed ? 'changed' : 'unchanged']++;
      if (json) await output.json({ path, file, people, changed, notes });
      else for (const note of notes) output.note(`${printable(path)}: ${printable(note)}`);
      if (!json && changed && dryRun) await output.line(printable(file));
    }
    if (json) await output.json({ done: true, ...counts });
    else {
      const { changed, unchanged, failed } = counts;
      const parts = [
        `${counted(changed, 'file')} ${dryRun ? 'would be ' : ''}written`,
        `${unchanged} had nothing to change`,
        ...(failed > 0 ? [`${failed} could not be written`] : []),
      ];
      output.note(parts.join('; '));
    }
  });
  if (counts.failed > 0) context.setExitStatus(1);
}

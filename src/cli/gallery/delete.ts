import type { Command } from 'commander';
import { FaceTriggerError } from '../../core/errors.ts';
import { migrationBackups } from '../../gallery/migrate/migrate-gallery.ts';
import type { CommandContext } from '../command-context.ts';
import { counted } from '../output/counted.ts';
import { Output } from '../output/output.ts';
import {
  type GalleryOptions,
  gallerySubcommand,
  personOfName,
  printResult,
  withGallery,
} from './gallery-subcommand.ts';

interface DeleteOptions extends GalleryOptions {
  readonly face?: string | undefined;
}

/** Adds `gallery delete`. */
export function addDeleteCommand(group: Command, context: CommandContext): void {
  gallerySubcommand(group, 'delete', 'permanently delete a person with all faces, or one face')
    .argument('[name]')
    .option('--face <id>', 'delete only this face')
    .action((name: string | undefined, options: DeleteOptions) => deleteFrom(name, options, context));
}

async function deleteFrom(
  name: string | undefined,
  options: DeleteOptions,
  context: CommandContext,
): Promise<void> {
  const { face } = options;
  if ((name === undefined) === (face === undefined)) {
    throw new FaceTriggerError('ERR_INVALID_ARGUMENT', 'Expected a name, or --face and an id');
  }
  await withGallery(options, async (gallery) => {
    if (name === undefined) {
      await gallery.deleteFace(face!);
      await printResult(options, context, { value: { face }, text: 'one face deleted' });
      return;
    }
    const { id } = await personOfName(gallery, name);
    const faces = await gallery.deletePerson(id);
    const text = `one person and ${counted(faces, 'face')} deleted`;
    await printResult(options, context, { value: { id, faces }, text });
  });
  const backups = await migrationBackups(options.gallery);
  if (backups.length === 0) return;
  const output = new Output('', context);
  output.note(
    `What was deleted may still be in the gallery's version before a change of models: ${backups.join(', ')}. ` +
      '"face-trigger gallery migrate --remove-old" deletes it',
  );
}

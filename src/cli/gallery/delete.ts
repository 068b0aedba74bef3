import { basename } from 'node:path';
import type { Command } from 'commander';
import { FaceTriggerError } from '../../core/errors.ts';
import { deleteGallery } from '../../gallery/collection/gallery-collection.ts';
import { galleryAddress } from '../../gallery/gallery-address.ts';
import { migrationBackups } from '../../gallery/migrate/migrate-gallery.ts';
import { ApiKeys } from '../../server/api-keys.ts';
import type { CommandContext } from '../command-context.ts';
import { DEFAULT_KEYS_FILE } from '../keys/default-keys-file.ts';
import { refuseUnused } from '../options/refuse-unused.ts';
import { counted } from '../output/counted.ts';
import { Output } from '../output/output.ts';
import {
  type GalleryOptions,
  gallerySubcommand,
  personOfName,
  printResult,
  withGallery,
} from './gallery-subcommand.ts';
import { openExistingGallery } from './open-existing-gallery.ts';

interface DeleteOptions extends GalleryOptions {
  readonly face?: string | undefined;
  readonly yes?: true | undefined;
  readonly keys?: string | undefined;
}

/** Adds `gallery delete`. */
export function addDeleteCommand(group: Command, context: CommandContext): void {
  gallerySubcommand(
    group,
    'delete',
    'permanently delete a person with all faces, one face, or a whole gallery',
  )
    .argument(
      '[name|address]',
      'the person; with --yes: the gallery to delete, folder/?gallery=name for one in a folder',
    )
    .option('--face <id>', 'delete only this face')
    .option(
      '--keys <file>',
      'with --yes: also revoke the keys in this file that are for the gallery alone (those in its database go by themselves)',
    )
    .option('--yes', 'delete the whole gallery of this address, with everybody in it')
    .action((name: string | undefined, options: DeleteOptions, command: Command) => {
      const isWhole = options.yes === true || (name !== undefined && ADDRESS.test(name));
      if (options.yes !== true)
        refuseUnused(command, ['keys'], 'without --yes, which deletes a whole gallery');
      if (isWhole && name !== undefined)
        refuseUnused(command, ['gallery'], 'beside the address of the gallery to delete: say which one once');
      return deleteFrom(name, options, context);
    });
}

/** What nobody is called. A path alone may be a name. */
const ADDRESS = /^(postgres(ql)?:[/][/]|sqlite:)|[?]gallery=/i;

async function deleteWhole(
  url: string | undefined,
  options: DeleteOptions,
  context: CommandContext,
): Promise<void> {
  if (url === undefined || options.face !== undefined) {
    const message =
      'Expected the address of a gallery with --yes, which deletes a whole one; leave --yes out to delete a person or a face';
    throw new FaceTriggerError('ERR_INVALID_ARGUMENT', message);
  }
  const backups = await backupsOf(url);
  const keys = await boundKeys(url, options.keys);
  await deleteGallery(url);
  const { revoked, left } = await revokeBound(keys, options.keys !== undefined);
  const text =
    revoked.length > 0
      ? `the gallery is deleted; ${counted(revoked.length, 'key')} revoked`
      : 'the gallery is deleted';
  await printResult(options, context, { value: { deleted: true, backups, keys: { revoked, left } }, text });
  const output = new Output('', context);
  if (left.length > 0)
    output.note(
      `${keys.path} has keys that are for a gallery of this name alone (${left.join(', ')}), and would open another that is called so: "keys revoke" ends them, unless they are for a gallery in another place`,
    );
  if (backups.length > 0)
    output.note(
      `Backups of its earlier versions are still there, with everybody in them: ${backups.join(', ')}`,
    );
}

interface BoundKeys {
  readonly path: string;
  readonly ids: readonly string[];
}

/** Keys in a file that are for one gallery alone name it, and would open the next one of its name. */
async function boundKeys(url: string, given: string | undefined): Promise<BoundKeys> {
  const path = given ?? DEFAULT_KEYS_FILE;
  const address = galleryAddress(url);
  const name =
    address.kind === 'postgres'
      ? address.gallery
      : address.kind === 'sqlite'
        ? basename(address.path, '.db')
        : '';
  try {
    await using keys = await ApiKeys.open(path);
    return { path, ids: (await keys.list()).filter(({ gallery }) => gallery === name).map(({ id }) => id) };
  } catch (error) {
    // Only where nobody named the file: it is somebody's else then.
    if (given !== undefined || !(error instanceof FaceTriggerError)) throw error;
    return { path, ids: [] };
  }
}

async function revokeBound(
  { path, ids }: BoundKeys,
  isAsked: boolean,
): Promise<{ readonly revoked: readonly string[]; readonly left: readonly string[] }> {
  if (!isAsked || ids.length === 0) return { revoked: [], left: ids };
  await using keys = await ApiKeys.open(path);
  // Those of the database went with the gallery.
  const rest = new Set((await keys.list()).map(({ id }) => id));
  for (const id of ids) if (rest.has(id)) await keys.revoke(id);
  return { revoked: ids, left: [] };
}

async function backupsOf(url: string): Promise<readonly string[]> {
  try {
    return await migrationBackups(url);
  } catch (error) {
    // What is not there, or no gallery, is told by the deletion.
    if (error instanceof FaceTriggerError) return [];
    throw error;
  }
}

/** @throws FaceTriggerError `ERR_INVALID_ARGUMENT`, with what would be lost */
async function askForYes(url: string): Promise<never> {
  await using gallery = await openExistingGallery(url);
  const { people, faces } = await gallery.stats();
  throw new FaceTriggerError(
    'ERR_INVALID_ARGUMENT',
    `This would delete the whole gallery, with ${counted(people, 'person', 'people')} and ${counted(faces, 'face')}: add --yes if that is meant`,
  );
}

async function deleteFrom(
  name: string | undefined,
  options: DeleteOptions,
  context: CommandContext,
): Promise<void> {
  const { face } = options;
  if (options.yes) return deleteWhole(name, options, context);
  if (name !== undefined && ADDRESS.test(name)) await askForYes(name);
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

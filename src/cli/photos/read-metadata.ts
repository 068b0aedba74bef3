import type { Command } from 'commander';
import { printable } from '../../core/text/printable.ts';
import { readPicasaContactsFile } from '../../photos/metadata/read-photo-people.ts';
import { fromLibraryMetadata } from '../../photos/move-in/metadata-of-library.ts';
import { namePlanned } from '../../photos/move-in/name-planned.ts';
import { planNames } from '../../photos/move-in/plan-names.ts';
import type { CommandContext } from '../command-context.ts';
import { Output } from '../output/output.ts';
import { printNamed } from './named-output.ts';
import { type LibraryOptions, photosSubcommand, withLibrary } from './photos-subcommand.ts';

interface ReadMetadataOptions extends LibraryOptions {
  readonly dryRun?: true | undefined;
  readonly picasaContacts?: string | undefined;
}

/** Adds `photos read-metadata`. */
export function addReadMetadataCommand(group: Command, context: CommandContext): void {
  photosSubcommand(
    group,
    'read-metadata',
    'name faces of the library by what digiKam, Lightroom, Picasa and others wrote about their photos',
  )
    .option('--picasa-contacts <file>', "Picasa's contacts.xml, for names that its folders do not have")
    .option('--dry-run', 'only say which faces would be named')
    .action((options: ReadMetadataOptions) => readMetadata(options, context));
}

async function readMetadata(options: ReadMetadataOptions, context: CommandContext): Promise<void> {
  const { json, dryRun, picasaContacts } = options;
  const output = new Output('', context);
  const contacts = picasaContacts === undefined ? undefined : await readPicasaContactsFile(picasaContacts);
  const tell = async (path: string, note: string): Promise<void> => {
    if (json) await output.json({ path, note });
    else output.note(`${printable(path)}: ${printable(note)}`);
  };
  await withLibrary(options, async (library) => {
    const { store } = library;
    const settings = { picasaContacts: contacts, onNote: tell, signal: context.signal };
    let missed = 0;
    const plan = await planNames(store, fromLibraryMetadata(store, settings), (path, name, why) => {
      missed++;
      return tell(path, `${name}: ${why}`);
    });
    const wanted = plan.names.reduce((sum, { faceIds }) => sum + faceIds.length, 0);
    const named = dryRun
      ? { decisionId: null, faces: wanted, enrolled: 0, createdPeople: [] }
      : await namePlanned(library, plan.names, 'metadata');
    await printNamed(output, named, { json, dryRun, already: plan.already, missed });
  });
}

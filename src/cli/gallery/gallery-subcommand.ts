import type { Command } from 'commander';
import { FaceTriggerError } from '../../core/errors.ts';
import { printable } from '../../core/text/printable.ts';
import type { Gallery } from '../../gallery/gallery.ts';
import type { Person } from '../../gallery/gallery-types.ts';
import type { CommandContext } from '../command-context.ts';
import { Output } from '../output/output.ts';
import { openExistingGallery } from './open-existing-gallery.ts';

/** What every subcommand of `gallery` is told. */
export interface GalleryOptions {
  readonly gallery: string;
  readonly json?: true | undefined;
  readonly models?: string | undefined;
}

/** Adds a subcommand with the options that all of them have. */
export function gallerySubcommand(group: Command, name: string, description: string): Command {
  return group
    .command(name)
    .description(description)
    .requiredOption(
      '--gallery <file>',
      'the gallery, or postgres://user@host/database?gallery=name',
      'gallery.db',
    )
    .option('--json', 'print JSON, one object per line');
}

/** Works on a gallery that exists and closes it. */
export async function withGallery(
  { gallery: path, models }: GalleryOptions,
  work: (gallery: Gallery) => Promise<void>,
): Promise<void> {
  await using gallery = await openExistingGallery(path, { models });
  await work(gallery);
}

/** @throws FaceTriggerError `ERR_NOT_FOUND` */
export async function personOfName(gallery: Gallery, name: string): Promise<Person> {
  const person = await gallery.findPerson(name);
  if (person === null) throw new FaceTriggerError('ERR_NOT_FOUND', `Nobody in the gallery is called ${name}`);
  return person;
}

/** Prints what a subcommand did: for programs or for people. */
export async function printResult(
  { json }: GalleryOptions,
  context: CommandContext,
  result: { readonly value: unknown; readonly text: string },
): Promise<void> {
  const output = new Output('', context);
  if (json) await output.json(result.value);
  else await output.line(result.text.split('\n').map(printable).join('\n'));
}

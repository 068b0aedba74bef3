import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import {
  type GalleryOptions,
  gallerySubcommand,
  personOfName,
  printResult,
  withGallery,
} from './gallery-subcommand.ts';

/** Adds `gallery rename`. */
export function addRenameCommand(group: Command, context: CommandContext): void {
  gallerySubcommand(group, 'rename', 'give a person another name')
    .argument('<name>')
    .argument('<new-name>')
    .action((name: string, newName: string, options: GalleryOptions) =>
      withGallery(options, async (gallery) => {
        const person = await gallery.renamePerson((await personOfName(gallery, name)).id, newName);
        await printResult(options, context, { value: { person }, text: `${name} is ${person.name} now` });
      }),
    );
}

import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import {
  type GalleryOptions,
  gallerySubcommand,
  personOfName,
  printResult,
  withGallery,
} from './gallery-subcommand.ts';

/** Adds `gallery merge`. */
export function addMergeCommand(group: Command, context: CommandContext): void {
  gallerySubcommand(group, 'merge', 'merge two people into one; the second name is kept')
    .argument('<name>', 'the person who is merged into the other')
    .argument('<into>', 'the person who is kept')
    .action((name: string, into: string, options: GalleryOptions) =>
      withGallery(options, async (gallery) => {
        const from = await personOfName(gallery, name);
        const merge = await gallery.mergePerson(from.id, (await personOfName(gallery, into)).id);
        const text = `${name} is ${into} now; to take it back: gallery undo ${merge.id}`;
        await printResult(options, context, { value: merge, text });
      }),
    );
}

import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { type GalleryOptions, gallerySubcommand, printResult, withGallery } from './gallery-subcommand.ts';

/** Adds `gallery undo`. */
export function addUndoCommand(group: Command, context: CommandContext): void {
  gallerySubcommand(group, 'undo', 'undo a merge')
    .argument('<merge-id>', 'the id that "gallery merge" printed')
    .action((id: string, options: GalleryOptions) =>
      withGallery(options, async (gallery) => {
        const person = await gallery.undoMerge(id);
        const text = `${person.name} is there again with ${person.faces} faces`;
        await printResult(options, context, { value: { person }, text });
      }),
    );
}

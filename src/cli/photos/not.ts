import type { Command } from 'commander';
import { printable } from '../../core/text/printable.ts';
import { notPerson } from '../../photos/decide/decide-faces.ts';
import type { CommandContext } from '../command-context.ts';
import { personOfName } from '../gallery/gallery-subcommand.ts';
import { counted } from '../output/counted.ts';
import { groupWhatIsNew, printDecided } from './decided-output.ts';
import { FACES_HELP, facesMeant } from './face-arguments.ts';
import { type LibraryOptions, photosSubcommand, withLibrary } from './photos-subcommand.ts';

/** Adds `photos not`. */
export function addNotCommand(group: Command, context: CommandContext): void {
  photosSubcommand(group, 'not', 'say who faces are not: they lose the name, and never get it by grouping')
    .argument('<name>', 'of somebody in the gallery')
    .argument('<faces...>', FACES_HELP)
    .action((name: string, words: string[], options: LibraryOptions) =>
      withLibrary(options, async (library) => {
        const person = await personOfName(library.gallery, name);
        const decision = await notPerson(library, await facesMeant(library.store, words), person.id);
        const faces = counted(decision.changes.faces?.length ?? 0, 'face');
        await printDecided(decision, {
          text: `${faces}: not ${printable(name)}`,
          json: options.json,
          context,
        });
        await groupWhatIsNew(library, context);
      }),
    );
}

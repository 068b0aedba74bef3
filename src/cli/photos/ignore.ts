import type { Command } from 'commander';
import { ignoreFaces } from '../../photos/decide/decide-faces.ts';
import type { CommandContext } from '../command-context.ts';
import { counted } from '../output/counted.ts';
import { groupWhatIsNew, printDecided } from './decided-output.ts';
import { FACES_HELP, facesMeant } from './face-arguments.ts';
import { type LibraryOptions, photosSubcommand, withLibrary } from './photos-subcommand.ts';

/** Adds `photos ignore`. */
export function addIgnoreCommand(group: Command, context: CommandContext): void {
  photosSubcommand(group, 'ignore', 'say that faces are of nobody who matters: they are asked about no more')
    .argument('<faces...>', FACES_HELP)
    .action((words: string[], options: LibraryOptions) =>
      withLibrary(options, async (library) => {
        const decision = await ignoreFaces(library, await facesMeant(library.store, words));
        const text = `${counted(decision.changes.faces?.length ?? 0, 'face')} ignored`;
        await printDecided(decision, { text, json: options.json, context });
        await groupWhatIsNew(library, context);
      }),
    );
}

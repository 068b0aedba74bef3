import type { Command } from 'commander';
import { splitGroup } from '../../photos/decide/merge-groups.ts';
import type { CommandContext } from '../command-context.ts';
import { counted } from '../output/counted.ts';
import { groupWhatIsNew, printDecided } from './decided-output.ts';
import { facesInGroup } from './face-arguments.ts';
import { type LibraryOptions, photosSubcommand, withLibrary } from './photos-subcommand.ts';

/** Adds `photos split`. */
export function addSplitCommand(group: Command, context: CommandContext): void {
  photosSubcommand(
    group,
    'split',
    'pick faces out of a group that are somebody else; they never come back to it',
  )
    .argument('<group>', 'a group (g3)')
    .argument('<odd...>', 'the faces to pick out, by the first digits of their ids: see photos faces')
    .action((groupId: string, odd: string[], options: LibraryOptions) =>
      withLibrary(options, async (library) => {
        const decision = await splitGroup(library, groupId, await facesInGroup(library.store, groupId, odd));
        const text = `${counted(decision.changes.faces?.length ?? 0, 'face')} picked out of ${groupId}`;
        await printDecided(decision, { text, json: options.json, context });
        await groupWhatIsNew(library, context);
      }),
    );
}

import type { Command } from 'commander';
import { printable } from '../../core/text/printable.ts';
import { mergeGroups, mergePeopleOfPhotos } from '../../photos/decide/merge-groups.ts';
import type { CommandContext } from '../command-context.ts';
import { personOfName } from '../gallery/gallery-subcommand.ts';
import { groupWhatIsNew, printDecided } from './decided-output.ts';
import { type LibraryOptions, photosSubcommand, withLibrary } from './photos-subcommand.ts';

interface MergeOptions extends LibraryOptions {
  readonly people?: true | undefined;
}

/** Adds `photos merge`. */
export function addMergeCommand(group: Command, context: CommandContext): void {
  photosSubcommand(group, 'merge', 'say that groups are one person, and stay one')
    .argument('<group>', 'a group (g3); with --people a name, which goes')
    .argument('<into>', 'another group; with --people the name that stays')
    .option('--people', 'merge two people with names, in the gallery too')
    .action((first: string, second: string, options: MergeOptions) =>
      merge(first, second, { options, context }),
    );
}

async function merge(
  first: string,
  second: string,
  { options, context }: { readonly options: MergeOptions; readonly context: CommandContext },
): Promise<void> {
  await withLibrary(options, async (library) => {
    const { gallery } = library;
    const decision = options.people
      ? await mergePeopleOfPhotos(
          library,
          (await personOfName(gallery, first)).id,
          (await personOfName(gallery, second)).id,
        )
      : await mergeGroups(library, [first, second]);
    const text = `${printable(first)} and ${printable(second)} are one person now`;
    await printDecided(decision, { text, json: options.json, context });
    await groupWhatIsNew(library, context);
  });
}

import type { Command } from 'commander';
import { type GroupedPhotos, groupPhotos } from '../../photos/group/group-photos.ts';
import type { CommandContext } from '../command-context.ts';
import { counted } from '../output/counted.ts';
import { Output } from '../output/output.ts';
import { type LibraryOptions, photosSubcommand, withLibrary } from './photos-subcommand.ts';

/** Adds `photos group`. */
export function addGroupCommand(group: Command, context: CommandContext): void {
  photosSubcommand(
    group,
    'group',
    'group faces by person; what is new joins the groups that there are (a scan does it by itself)',
  ).action((options: LibraryOptions) => runGroup(options, context));
}

async function runGroup(options: LibraryOptions, context: CommandContext): Promise<void> {
  const output = new Output('', context);
  await withLibrary(options, async (library) => {
    const grouped = await groupPhotos(library, { signal: context.signal });
    if (options.json) await output.json(grouped);
    else await output.line(describeGroups(grouped));
  });
}

/** A line about a grouping. */
export function describeGroups({ groups, nameless, alone, ofOtherModels }: GroupedPhotos): string {
  const parts = [
    `${counted(groups, 'group')}, ${nameless} of them without a name`,
    `${counted(alone, 'face')} like no other`,
    ...(ofOtherModels > 0 ? [`${counted(ofOtherModels, 'face')} of other models left out`] : []),
  ];
  return parts.join('; ');
}

import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { counted } from '../output/counted.ts';
import { Output } from '../output/output.ts';
import { type LibraryOptions, photosSubcommand, withLibrary } from './photos-subcommand.ts';

interface PruneOptions extends LibraryOptions {
  readonly named?: true | undefined;
}

/** Adds `photos prune`. */
export function addPruneCommand(group: Command, context: CommandContext): void {
  photosSubcommand(group, 'prune', 'forget photos whose files are gone, with the faces in them')
    .option('--named', 'also those with a face that has a name')
    .action((options: PruneOptions) => prune(options, context));
}

async function prune(options: PruneOptions, context: CommandContext): Promise<void> {
  const output = new Output('', context);
  await withLibrary(options, async ({ store }) => {
    const removed = await store.transaction((rows) => rows.prune({ keepNamed: options.named !== true }));
    await store.forget();
    if (options.json) await output.json({ removed });
    else await output.line(`${counted(removed, 'photo')} forgotten`);
  });
}

import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { counted } from '../output/counted.ts';
import { Output } from '../output/output.ts';
import { type LibraryOptions, photosSubcommand, withLibrary } from './photos-subcommand.ts';

/** Adds `photos stats`. */
export function addStatsCommand(group: Command, context: CommandContext): void {
  photosSubcommand(group, 'stats', 'tell what a library holds').action((options: LibraryOptions) =>
    printStats(options, context),
  );
}

async function printStats(options: LibraryOptions, context: CommandContext): Promise<void> {
  const output = new Output('', context);
  await withLibrary(options, async ({ store }) => {
    const stats = await store.stats();
    const people = (await store.listPeople()).length;
    if (options.json) {
      await output.json({ ...stats, people });
      return;
    }
    const kinds = `${stats.raws} RAW, ${counted(stats.films, 'film')}`;
    await output.line(`${counted(stats.photos, 'photo')} (${kinds}) in ${counted(stats.files, 'file')}`);
    if (stats.hidden > 0)
      await output.line(
        `${counted(stats.hidden, 'photo')} whose files are gone; "photos prune" removes what has no name`,
      );
    await output.line(
      `${counted(stats.faces, 'face')}, ${stats.named} named, of ${counted(people, 'person', 'people')}, ${stats.ignored} ignored`,
    );
    if (stats.failures > 0)
      await output.line(`${counted(stats.failures, 'file')} could not be read: see "photos failures"`);
  });
}

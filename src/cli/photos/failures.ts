import type { Command } from 'commander';
import { printable } from '../../core/text/printable.ts';
import type { CommandContext } from '../command-context.ts';
import { counted } from '../output/counted.ts';
import { Output } from '../output/output.ts';
import { type LibraryOptions, photosSubcommand, withLibrary } from './photos-subcommand.ts';

const PAGE = 500;

/** Adds `photos failures`. */
export function addFailuresCommand(group: Command, context: CommandContext): void {
  photosSubcommand(group, 'failures', 'list files that could not be read, and why').action(
    (options: LibraryOptions) => listFailures(options, context),
  );
}

async function listFailures(options: LibraryOptions, context: CommandContext): Promise<void> {
  const output = new Output('', context);
  await withLibrary(options, async ({ store }) => {
    let count = 0;
    for (let after = ''; !context.signal.aborted; ) {
      const page = await store.listFailures({ after, limit: PAGE });
      for (const { path, code, message, at } of page) {
        if (options.json) await output.json({ path, code, message, at });
        else await output.line(`${printable(path)}: ${printable(message)} (${code})`);
      }
      count += page.length;
      if (page.length < PAGE) break;
      after = page.at(-1)!.path;
    }
    if (!options.json) output.note(`${counted(count, 'file')} could not be read`);
  });
}

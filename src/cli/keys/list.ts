import type { Command } from 'commander';
import { ApiKeys } from '../../server/api-keys.ts';
import type { CommandContext } from '../command-context.ts';
import { Output } from '../output/output.ts';
import { formatTable } from '../output/text-table.ts';
import { type KeysOptions, keysSubcommand } from './keys-subcommand.ts';

/** Adds `keys list`. */
export function addListCommand(group: Command, context: CommandContext): void {
  const output = new Output('', context);
  keysSubcommand(group, 'list', 'list the keys, without their secrets').action(
    async (options: KeysOptions) => {
      await using keys = await ApiKeys.open(options.keys);
      const all = await keys.list();
      if (options.json) for (const key of all) await output.json(key);
      else {
        const rows = all.map(({ id, label, scopes, createdAt, gallery }) => [
          id,
          scopes.join(','),
          createdAt.slice(0, 10),
          gallery ?? '(all)',
          label,
        ]);
        await output.line(
          formatTable(
            ['ID', 'SCOPES', 'CREATED', 'GALLERY', 'LABEL'].map((title) => ({ title })),
            rows,
          ),
        );
      }
    },
  );
}

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
      const all = await (await ApiKeys.open(options.keys)).list();
      if (options.json) for (const key of all) await output.json(key);
      else {
        const rows = all.map(({ id, label, scopes, createdAt }) => [
          id,
          scopes.join(','),
          createdAt.slice(0, 10),
          label,
        ]);
        await output.line(
          formatTable([{ title: 'ID' }, { title: 'SCOPES' }, { title: 'CREATED' }, { title: 'LABEL' }], rows),
        );
      }
    },
  );
}

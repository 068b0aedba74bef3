import type { Command } from 'commander';
import { ApiKeys } from '../../server/api-keys.ts';
import type { CommandContext } from '../command-context.ts';
import { Output } from '../output/output.ts';
import { type KeysOptions, keysSubcommand } from './keys-subcommand.ts';

/** Adds `keys revoke`. */
export function addRevokeCommand(group: Command, context: CommandContext): void {
  const output = new Output('', context);
  keysSubcommand(group, 'revoke', 'revoke a key; running servers refuse it within a second')
    .argument('<id>')
    .action(async (id: string, options: KeysOptions) => {
      await using keys = await ApiKeys.open(options.keys);
      await keys.revoke(id);
      if (options.json) await output.json({ revoked: id });
      else output.note(`Key ${id} is revoked.`);
    });
}

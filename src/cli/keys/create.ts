import { type Command, Option } from 'commander';
import { API_KEY_SCOPES, type ApiKeyScope, ApiKeys } from '../../server/api-keys.ts';
import type { CommandContext } from '../command-context.ts';
import { Output } from '../output/output.ts';
import { type KeysOptions, keysSubcommand } from './keys-subcommand.ts';

interface CreateOptions extends KeysOptions {
  readonly scope: ApiKeyScope[];
  readonly for?: string | undefined;
}

/** Adds `keys create`. */
export function addCreateCommand(group: Command, context: CommandContext): void {
  const output = new Output('', context);
  keysSubcommand(group, 'create', 'make a key, which is shown only once and kept as a hash')
    .argument('<label>', 'what the key is for')
    .addOption(
      new Option('--scope <scope...>', 'read: see people; recognize: send pictures; admin: everything')
        .choices(API_KEY_SCOPES)
        .default(['recognize']),
    )
    .option('--for <gallery>', 'the only gallery that the key is for, where a server has several')
    .action(async (label: string, options: CreateOptions) => {
      await using keys = await ApiKeys.open(options.keys);
      const { key, secret } = await keys.create(label, options.scope, { gallery: options.for ?? null });
      if (options.json) await output.json({ ...key, secret });
      else {
        await output.line(secret);
        const whose = key.gallery === null ? '' : ` of gallery ${key.gallery}`;
        output.note(`Key ${key.id} for ${key.scopes.join(', ')}${whose}. It cannot be shown again.`);
      }
    });
}

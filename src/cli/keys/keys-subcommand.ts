import type { Command } from 'commander';
import { DEFAULT_KEYS_FILE } from './default-keys-file.ts';

/** What every subcommand of `keys` is told. */
export interface KeysOptions {
  readonly keys: string;
  readonly json?: true | undefined;
}

/** Adds a subcommand with the options that all of them have. */
export function keysSubcommand(group: Command, name: string, description: string): Command {
  return group
    .command(name)
    .description(description)
    .requiredOption(
      '--keys <file>',
      'file that holds the keys, or postgres://user@host/database',
      DEFAULT_KEYS_FILE,
    )
    .option('--json', 'print JSON, one object per line');
}

import { type Command, Option } from 'commander';
import { API_KEY_SCOPES, type ApiKeyScope, ApiKeys } from '../server/api-keys.ts';
import type { CommandContext } from './command-context.ts';
import { Output } from './output.ts';
import { formatTable } from './text-table.ts';

interface KeysOptions {
  readonly keys: string;
  readonly json?: true;
}

/** Where `serve` and `keys` keep API keys unless they are told otherwise. */
export const DEFAULT_KEYS_FILE = 'face-trigger-keys.json';

/** Adds `keys create`, `keys list` and `keys revoke`. */
export function addKeysCommand(program: Command, context: CommandContext): void {
  const keys = program
    .command('keys')
    .description('make, list and revoke API keys of the server')
    .helpCommand(false)
    .addHelpText('after', HELP);
  const output = new Output('', context);
  const sub = (name: string, description: string) =>
    keys
      .command(name)
      .description(description)
      .requiredOption('--keys <file>', 'file of the keys', DEFAULT_KEYS_FILE)
      .option('--json', 'print one JSON object a line');
  sub('create', 'make a key; it is shown once and kept as a hash')
    .argument('<label>', 'what the key is for')
    .addOption(
      new Option('--scope <scope...>', 'read: see people; recognize: send pictures; admin: everything')
        .choices(API_KEY_SCOPES)
        .default(['recognize']),
    )
    .action(async (label: string, options: KeysOptions & { readonly scope: ApiKeyScope[] }) => {
      const { key, secret } = await (await ApiKeys.open(options.keys)).create(label, options.scope);
      if (options.json) await output.json({ ...key, secret });
      else {
        await output.line(secret);
        output.note(`Key ${key.id} for ${key.scopes.join(', ')}. It cannot be shown again.`);
      }
    });
  sub('list', 'list keys, without their secrets').action(async (options: KeysOptions) => {
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
  });
  sub('revoke', 'make a key useless; a running server notices within a second')
    .argument('<id>')
    .action(async (id: string, options: KeysOptions) => {
      await (await ApiKeys.open(options.keys)).revoke(id);
      if (options.json) await output.json({ revoked: id });
      else output.note(`Key ${id} is revoked.`);
    });
}

const HELP = `
Examples:
  face-trigger keys create door --scope recognize
  face-trigger keys create office --scope read recognize --json
  face-trigger keys list                                  (then: keys revoke ID)`;

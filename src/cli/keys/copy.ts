import type { Command } from 'commander';
import { FaceTriggerError } from '../../core/errors.ts';
import { printable } from '../../core/text/printable.ts';
import { pathKind } from '../../node/files/path-kind.ts';
import { ApiKeys } from '../../server/api-keys.ts';
import { isDatabase } from '../../server/shared/server-database.ts';
import type { CommandContext } from '../command-context.ts';
import { counted } from '../output/counted.ts';
import { Output } from '../output/output.ts';

/** Adds `keys copy`. */
export function addCopyKeysCommand(group: Command, context: CommandContext): void {
  group
    .command('copy')
    .description('copy keys from a file to a database, or between any two places; secrets stay the same')
    .argument('<from>', 'a file of keys, or postgres://user@host/database')
    .argument('<to>', 'a file, made where there is none, or postgres://user@host/database')
    .option('--json', 'print JSON, one object per line')
    .action((from: string, to: string, options: { readonly json?: true | undefined }) =>
      copyKeys(from, to, { json: options.json, context }),
    );
}

async function copyKeys(
  from: string,
  to: string,
  { json, context }: { readonly json: true | undefined; readonly context: CommandContext },
): Promise<void> {
  const output = new Output('', context);
  // A file that is not there has no keys for a server; to copy from it is a mistake.
  if (!isDatabase(from) && (await pathKind(from)) === 'nothing')
    throw new FaceTriggerError('ERR_FILE_NOT_FOUND', `There is no file ${from}`);
  await using source = await ApiKeys.open(from);
  await using target = await ApiKeys.open(to);
  const { copied, present, left } = await target.takeOver(source);
  if (json) await output.json({ copied, present, left });
  else {
    const before = present.length > 0 ? `, ${present.length} there already` : '';
    await output.line(`${counted(copied.length, 'key')} copied${before}`);
    for (const { key, reason } of left)
      output.note(`not copied: ${key.id} (${printable(key.label)}): ${printable(reason)}`);
    if (isDatabase(to) && !isDatabase(from) && left.length === 0)
      output.note(
        `A server uses the keys of ${from} as long as that file is there: remove it once all servers may use the database's`,
      );
  }
  if (left.length > 0) context.setExitStatus(1);
}

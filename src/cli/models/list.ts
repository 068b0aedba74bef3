import type { Command } from 'commander';
import { readPack } from '../../node/models/read-pack.ts';
import type { CommandContext } from '../command-context.ts';
import { addModelsOption } from '../options/network-options.ts';
import { Output } from '../output/output.ts';
import { formatTable } from '../output/text-table.ts';

interface ListOptions {
  readonly models?: string | undefined;
  readonly json?: true | undefined;
}

/** Adds `models list`. */
export function addListCommand(group: Command, context: CommandContext): void {
  const command = group
    .command('list')
    .description('list the models of a pack: kind, origin, licence, hash')
    .option('--json', 'print one JSON object a line');
  addModelsOption(command).action((options: ListOptions) => list(options, context));
}

async function list({ models, json }: ListOptions, context: CommandContext): Promise<void> {
  const output = new Output('', context);
  const { pack } = await readPack(models);
  if (json) {
    // `licence` has always been that of the weights; what a pack says of code and data besides stands beside it.
    for (const { licence, ...part } of pack.parts) {
      await output.json({ ...part, licence: licence.weights, licences: licence });
    }
    return;
  }
  const columns = [
    { title: 'KIND' },
    { title: 'PRECISION' },
    { title: 'ID' },
    { title: 'FILE' },
    { title: 'BYTES', align: 'right' as const },
    { title: 'LICENCE' },
    { title: 'SHA-256' },
  ];
  const rows = pack.parts.map(({ kind, precision, id, file, bytes, licence, sha256 }) => [
    ...[kind, precision, id, file, bytes],
    ...[licence.weights, sha256],
  ]);
  await output.line(formatTable(columns, rows));
}

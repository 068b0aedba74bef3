import { join } from 'node:path';
import { type Command, Option } from 'commander';
import { type WebFile, type WebPrecision, writeWebFolder } from '../../node/models/write-web-folder.ts';
import type { CommandContext } from '../command-context.ts';
import { chosenModels } from '../options/default-models.ts';
import { addNetworkOptions } from '../options/network-options.ts';
import { Output } from '../output/output.ts';
import { formatTable } from '../output/text-table.ts';

interface WebOptions {
  readonly output: string;
  readonly models?: string | undefined;
  readonly commercial?: true | undefined;
  readonly precision: WebPrecision;
  readonly json?: true | undefined;
}

/** Adds `models web`. */
export function addWebCommand(group: Command, context: CommandContext): void {
  const command = group
    .command('web')
    .description('write the folder that web pages with face-trigger/web fetch: models, worker, WebAssembly')
    .requiredOption('--output <folder>', 'folder to write, which the page finds at /models/')
    .addOption(
      new Option(
        '--precision <numbers>',
        'int8: quantized networks, the least to download; fp32: those as published; both: the page chooses',
      )
        .choices(['int8', 'fp32', 'both'])
        .default('int8'),
    )
    .option('--json', 'print JSON, one object per line');
  addNetworkOptions(command, 'the pack in use').action((options: WebOptions) =>
    web(options, new Output('', context)),
  );
}

async function web(
  { output: folder, models, precision, commercial, json }: WebOptions,
  output: Output,
): Promise<void> {
  const chosen = models ?? (await chosenModels()).name;
  const files = await writeWebFolder(folder, { models: chosen, precision, commercial: commercial ?? false });
  if (json) {
    for (const file of files) await output.json({ ...file, file: join(folder, file.file) });
    return;
  }
  const columns = [{ title: 'FILE' }, { title: 'BYTES', align: 'right' as const }, { title: 'SHA-256' }];
  const rows = files.map(({ file, bytes, sha256 }: WebFile) => [
    join(folder, file),
    String(bytes),
    sha256.slice(0, 12),
  ]);
  await output.line(formatTable(columns, rows));
}

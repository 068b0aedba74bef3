import type { Command } from 'commander';
import type { ModelPart } from '../../models/model-pack.ts';
import { packNames } from '../../node/models/pack-folders.ts';
import { readPack } from '../../node/models/read-pack.ts';
import { readPart } from '../../node/models/read-part.ts';
import type { CommandContext } from '../command-context.ts';
import { addModelsOption } from '../options/network-options.ts';
import { type DescribedError, describeError, Output } from '../output/output.ts';
import { formatTable } from '../output/text-table.ts';

interface VerifyOptions {
  readonly models?: string | undefined;
  readonly json?: true | undefined;
}

/** Adds `models verify`. */
export function addVerifyCommand(group: Command, context: CommandContext): void {
  const command = group
    .command('verify')
    .description('check the files of the models against their SHA-256')
    .option('--json', 'print one JSON object a line');
  addModelsOption(command, 'all packs').action(async (options: VerifyOptions) => {
    if (!(await verify(options, new Output('', context)))) context.setExitStatus(4);
  });
}

async function verify({ models, json }: VerifyOptions, output: Output): Promise<boolean> {
  const rows: (readonly string[])[] = [];
  let ok = true;
  const packs = models === undefined ? await packNames() : [models];
  for (const place of packs.length === 0 ? [undefined] : packs) {
    const found = await readPack(place).catch((error: unknown) => {
      if (place === undefined || place === models) throw error;
      output.failure(place, error);
      ok = false;
    });
    if (!found) continue;
    for (const part of found.pack.parts) {
      const problem = await problemOf(part, found.folder);
      if (problem) ok = false;
      const { id, file } = part;
      const pack = found.pack.name;
      if (json) await output.json({ pack, id, file, ok: !problem, ...(problem && { error: problem }) });
      else rows.push([problem ? 'FAILED' : 'ok', pack, id, file, problem?.message ?? '']);
    }
  }
  const columns = ['RESULT', 'PACK', 'ID', 'FILE', ''].map((title) => ({ title }));
  if (!json) await output.line(formatTable(columns, rows));
  return ok;
}

async function problemOf(part: ModelPart, folder: string): Promise<DescribedError | null> {
  try {
    await readPart(part, folder);
    return null;
  } catch (error) {
    return describeError(error);
  }
}

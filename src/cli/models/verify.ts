import type { Command } from 'commander';
import type { ModelPart } from '../../models/model-pack.ts';
import { readPart } from '../../node/models/read-part.ts';
import type { CommandContext } from '../command-context.ts';
import { addModelsOption } from '../options/network-options.ts';
import { type DescribedError, describeError, Output } from '../output/output.ts';
import { formatTable } from '../output/text-table.ts';
import { eachPack } from './each-pack.ts';

interface VerifyOptions {
  readonly models?: string | undefined;
  readonly json?: true | undefined;
}

/** Adds `models verify`. */
export function addVerifyCommand(group: Command, context: CommandContext): void {
  const command = group
    .command('verify')
    .description('check the files of the models against their SHA-256')
    .option('--json', 'print JSON, one object per line');
  addModelsOption(command, 'all packs').action((options: VerifyOptions) => verify(options, context));
}

async function verify({ models, json }: VerifyOptions, context: CommandContext): Promise<void> {
  const output = new Output('', context);
  const rows: (readonly string[])[] = [];
  for await (const { pack, folder } of eachPack(models, { output, context })) {
    for (const part of pack.parts) {
      const problem = await problemOf(part, folder);
      if (problem) context.setExitStatus(4);
      const { id, file } = part;
      const facts = { pack: pack.name, id, file };
      if (json) await output.json({ ...facts, ok: !problem, ...(problem && { error: problem }) });
      else rows.push([problem ? 'FAILED' : 'ok', pack.name, id, file, problem?.message ?? '']);
    }
  }
  const columns = ['RESULT', 'PACK', 'ID', 'FILE', ''].map((title) => ({ title }));
  if (!json) await output.line(formatTable(columns, rows));
}

async function problemOf(part: ModelPart, folder: string): Promise<DescribedError | null> {
  try {
    await readPart(part, folder);
    return null;
  } catch (error) {
    return describeError(error);
  }
}

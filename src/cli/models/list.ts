import type { Command } from 'commander';
import type { ModelPart } from '../../models/model-pack.ts';
import type { CommandContext } from '../command-context.ts';
import { chosenModels, MODELS_VARIABLE } from '../options/default-models.ts';
import { addModelsOption } from '../options/network-options.ts';
import { Output } from '../output/output.ts';
import { formatTable } from '../output/text-table.ts';
import { eachPack } from './each-pack.ts';

interface ListOptions {
  readonly models?: string | undefined;
  readonly json?: true | undefined;
}

/** Adds `models list`. */
export function addListCommand(group: Command, context: CommandContext): void {
  const command = group
    .command('list')
    .description('list the models of all packs: kind, license, hash')
    .option('--json', 'print JSON, one object per line');
  addModelsOption(command, 'all packs').action((options: ListOptions) => list(options, context));
}

async function list({ models, json }: ListOptions, context: CommandContext): Promise<void> {
  const output = new Output('', context);
  const rows: (readonly string[])[] = [];
  for await (const { pack } of eachPack(models, { output, context })) {
    for (const part of pack.parts) {
      if (json) await output.json(describePart(pack.name, part));
      else rows.push(row(pack.name, part));
    }
  }
  if (json) return;
  const columns = [
    { title: 'PACK' },
    { title: 'KIND' },
    { title: 'PRECISION' },
    { title: 'ID' },
    { title: 'FILE' },
    { title: 'BYTES', align: 'right' as const },
    { title: 'LICENSE' },
    { title: 'SHA-256' },
  ];
  await output.line(formatTable(columns, rows));
  const { name, from } = await chosenModels();
  const by = { environment: MODELS_VARIABLE, choice: '"models use"', default: 'by default' }[from];
  output.note(
    `what is new uses "${name}" (${by}); model folders and galleries keep the embedder that they were made with`,
  );
}

// `licence` has always been that of the weights; what a pack says of code and data besides stands beside it.
function describePart(pack: string, { licence, ...part }: ModelPart): object {
  return { pack, ...part, licence: licence.weights, licences: licence };
}

function row(pack: string, { kind, precision, id, file, bytes, licence, sha256 }: ModelPart): string[] {
  return [pack, kind, precision, id, file, String(bytes), licence.weights, sha256];
}

import type { Command } from 'commander';
import { invalidArgument } from '../../core/errors.ts';
import { PACK_NAMES } from '../../models/model-pack.ts';
import { choosePack } from '../../node/models/chosen-pack.ts';
import { modelSource } from '../../node/models/folder-source.ts';
import { DEFAULT_PACK } from '../../node/models/pack-folders.ts';
import type { CommandContext } from '../command-context.ts';
import { MODELS_VARIABLE } from '../options/default-models.ts';
import { Output } from '../output/output.ts';

/** Adds `models use`. */
export function addUseCommand(group: Command, context: CommandContext): void {
  group
    .command('use')
    .description('choose the pack that commands use if --models is not given')
    .argument('<name>', 'a pack from "models list", or several joined with "+", whose embedders work as one')
    .option('--json', 'print one JSON object')
    .action((name: string, { json }: { readonly json?: true | undefined }) => use(name, { json, context }));
}

async function use(
  name: string,
  { json, context }: { readonly json: true | undefined; readonly context: CommandContext },
): Promise<void> {
  if (!PACK_NAMES.test(name))
    throw invalidArgument('the name of a pack, or names with "+" between them', 'name', name);
  await modelSource(name).readPack();
  await choosePack(name === DEFAULT_PACK ? undefined : name);
  const output = new Output('', context);
  if (json) return output.json({ models: name });
  await output.line(
    `"${name}" is used from now on for what is new; model folders and galleries keep their embedder`,
  );
  const variable = process.env[MODELS_VARIABLE];
  if (variable && variable !== name)
    output.note(`${MODELS_VARIABLE}=${variable} counts more than this choice`);
}

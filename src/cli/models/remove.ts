import type { Command } from 'commander';
import { invalidArgument } from '../../core/errors.ts';
import { PACK_NAME } from '../../models/model-pack.ts';
import { choosePack, chosenPack } from '../../node/models/chosen-pack.ts';
import { removePack } from '../../node/models/installed-packs.ts';
import { DEFAULT_PACK } from '../../node/models/pack-folders.ts';
import type { CommandContext } from '../command-context.ts';
import { Output } from '../output/output.ts';

/** Adds `models remove`. */
export function addRemoveCommand(group: Command, context: CommandContext): void {
  group
    .command('remove')
    .description(
      'remove a pack that "models add" installed; galleries made with it cannot be searched without it',
    )
    .argument('<name>', 'a pack from "models list"')
    .option('--json', 'print one JSON object')
    .action((name: string, { json }: { readonly json?: true | undefined }) =>
      remove(name, { json, context }),
    );
}

async function remove(
  name: string,
  { json, context }: { readonly json: true | undefined; readonly context: CommandContext },
): Promise<void> {
  if (!PACK_NAME.test(name)) throw invalidArgument('the name of a pack', 'name', name);
  await removePack(name);
  const wasChosen = (await chosenPack()) === name;
  if (wasChosen) await choosePack(undefined);
  const output = new Output('', context);
  if (json) return output.json({ removed: name, ...(wasChosen && { models: DEFAULT_PACK }) });
  await output.line(`"${name}" is removed`);
  if (wasChosen) output.note(`it was the pack of what is new: that is "${DEFAULT_PACK}" again`);
}

import { areSeveral } from '../../models/model-pack.ts';
import { packNames } from '../../node/models/pack-folders.ts';
import { type PackFolder, readPack } from '../../node/models/read-pack.ts';
import type { CommandContext } from '../command-context.ts';
import type { Output } from '../output/output.ts';

/**
 * Gives the pack that is asked for, or all that have a name. One of all that can't be read is told of and makes the
 * command end with 4; the others are given.
 *
 * @param models - name or path, or names with "+" between them. @defaultValue all
 * @throws FaceTriggerError `ERR_MODEL_NOT_FOUND`, `ERR_MODEL_FORMAT` for the one that is asked for
 */
export async function* eachPack(
  models: string | undefined,
  { output, context }: { readonly output: Output; readonly context: CommandContext },
): AsyncGenerator<PackFolder> {
  const packs = models === undefined ? await packNames() : areSeveral(models) ? models.split('+') : [models];
  // Without a pack of its own the package does not work at all: that is told as an error, not as an empty list.
  if (packs.length === 0) yield readPack();
  for (const place of packs) {
    try {
      yield await readPack(place);
    } catch (error) {
      if (models !== undefined) throw error;
      output.failure(place, error);
      context.setExitStatus(4);
    }
  }
}

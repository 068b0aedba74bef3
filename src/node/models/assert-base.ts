import { FaceTriggerError } from '../../core/errors.ts';
import type { ModelPack } from '../../models/model-pack.ts';
import { packNames } from './pack-folders.ts';

/**
 * Checks that the pack which gives another what it lacks is there.
 *
 * @param pack - with the name that it is to have
 * @throws FaceTriggerError `ERR_MODEL_NOT_FOUND`, `ERR_MODEL_FORMAT` for a pack that is its own base
 */
export async function assertBase({ name, base }: ModelPack): Promise<void> {
  if (base === undefined) return;
  if (base === name) {
    const message = `The pack "${name}" names itself as its base: take "base" out of its description, or give another name by --name`;
    throw new FaceTriggerError('ERR_MODEL_FORMAT', message);
  }
  const names = await packNames();
  if (names.includes(base)) return;
  const message =
    `The pack "${name}" gets what it lacks from the pack "${base}", which is not there ` +
    `(there are "${names.join('", "')}"): add that one first`;
  throw new FaceTriggerError('ERR_MODEL_NOT_FOUND', message);
}

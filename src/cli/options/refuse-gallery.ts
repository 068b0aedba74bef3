import { FaceTriggerError } from '../../core/errors.ts';
import { pathKind } from '../../node/files/path-kind.ts';

/** Addresses that `--gallery` takes elsewhere. */
const ADDRESS = /^(postgres(ql)?|sqlite|memory):|[?]gallery=/i;

/**
 * Refuses a gallery where photos are meant.
 *
 * @param input - what somebody gave as a folder of photos; an address may hold a password, so it is not repeated
 * @param instead - what does with a gallery what is asked for; ends the sentence
 * @throws FaceTriggerError `ERR_INVALID_ARGUMENT`
 */
export async function refuseGallery(input: string, instead: string): Promise<void> {
  if (!ADDRESS.test(input) && (await pathKind(input)) !== 'gallery') return;
  throw new FaceTriggerError(
    'ERR_INVALID_ARGUMENT',
    `Expected a folder of photos but received a gallery: ${instead}`,
  );
}

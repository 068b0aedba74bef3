import { setTimeout as pause } from 'node:timers/promises';
import { FaceTriggerError } from '../../core/errors.ts';
import { describeEmbedder } from '../../gallery/check-embedding.ts';
import type { Gallery } from '../../gallery/gallery.ts';
import type { WantedNetworks } from '../../gallery/gallery-networks.ts';
import { askedModels } from '../gallery/asked-models.ts';

const LOOK_MS = 2000;

/** What is watched, and by what the server was started. */
export interface UntilOtherModelsOptions extends WantedNetworks {
  readonly commercial?: boolean | undefined;
  /** The address of the gallery. */
  readonly address: string;
  readonly signal: AbortSignal;
  /** Told once why the server can't go on with the new models. */
  readonly say: (message: string) => void;
}

/**
 * Waits until somebody has given the gallery other models, and a server started in the same way could work with them.
 *
 * @param gallery - as it was opened before
 * @returns false: the signal ended it
 */
export async function untilOtherModels(gallery: Gallery, options: UntilOtherModelsOptions): Promise<boolean> {
  const { address, signal, say } = options;
  let told = '';
  for (;;) {
    await pause(LOOK_MS, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return false;
    if (!(await hasOtherModels(gallery))) continue;
    const problem = await whyNot(address, options);
    if (problem === null) return true;
    if (problem !== told)
      say(`The gallery was given other models, and this server stays without it: ${problem}`);
    told = problem;
  }
}

async function hasOtherModels(gallery: Gallery): Promise<boolean> {
  try {
    await gallery.listPeople({ limit: 1 });
    return false;
  } catch (error) {
    // A database that is away comes back; the requests tell of it.
    return error instanceof FaceTriggerError && error.code === 'ERR_MODEL_MISMATCH';
  }
}

async function whyNot(
  address: string,
  {
    models,
    precision,
    commercial,
  }: WantedNetworks & {
    readonly commercial?: boolean | undefined;
  },
): Promise<string | null> {
  try {
    const { own, asked, isSame } = await askedModels(address, { models, precision, commercial });
    if (isSame) return null;
    return `it is made for ${describeEmbedder(own)} now, and --models or --precision ask for ${describeEmbedder(asked)}; leave them out`;
  } catch (error) {
    if (error instanceof FaceTriggerError) return error.message;
    throw error;
  }
}

import { FaceTriggerError } from '../../core/errors.ts';
import { isError } from '../../core/is-kind.ts';
import {
  type OpenedPart,
  openDetectorPart,
  openEmbedderPart,
  openLandmarkPart,
  openLivenessParts,
} from '../../models/adapters.ts';
import type { DetectorPart, EmbedderPart, LivenessPart, ModelPart } from '../../models/model-pack.ts';
import { NODE_RUNTIME } from '../runtime/session.ts';

/** A picture in which nothing is. */
const SIDES = { width: 320, height: 240 };
const FACE = { left: 100, top: 60, width: 120, height: 120 };
const GRAY = 0x80;

/**
 * Runs a model once on a blank picture, so that one that can't run is told of when it is added and not at first use.
 *
 * @throws FaceTriggerError `ERR_MODEL_FORMAT`, `ERR_MODEL_MISMATCH`
 */
export async function tryPart(part: ModelPart, bytes: Uint8Array): Promise<void> {
  try {
    await run({ part, bytes, readAgain: async () => bytes });
  } catch (cause) {
    const code = cause instanceof FaceTriggerError ? cause.code : 'ERR_MODEL_FORMAT';
    // Whatever the runtime says of it, it is the file that does not fit.
    const why = isError(cause) ? cause.message : String(cause);
    const message = `${part.file} can't be run (${part.kind}, adapter "${part.adapter}"): ${why}`;
    throw new FaceTriggerError(code === 'ERR_MODEL_MISMATCH' ? code : 'ERR_MODEL_FORMAT', message, { cause });
  }
}

async function run(model: OpenedPart): Promise<void> {
  const options = { runtime: NODE_RUNTIME, threads: 1 };
  const { part } = model;
  if (part.kind === 'detector') {
    await using detector = await openDetectorPart(model as OpenedPart<DetectorPart>, options);
    await detector.detect(blank(SIDES));
  } else if (part.kind === 'landmarks') {
    const landmarks = await openLandmarkPart(model, options);
    landmarks.detect(blank(SIDES), FACE);
  } else if (part.kind === 'liveness') {
    await using liveness = await openLivenessParts([model as OpenedPart<LivenessPart>], options);
    await liveness.check(blank(SIDES), FACE);
  } else {
    await using embedder = await openEmbedderPart(model as OpenedPart<EmbedderPart>, options);
    const { size } = embedder.profile.chip;
    const [embedding] = await embedder.embed([blank({ width: size, height: size })]);
    if (!embedding?.every(Number.isFinite)) {
      throw new FaceTriggerError('ERR_MODEL_FORMAT', 'of a gray picture it makes numbers that are none');
    }
  }
}

function blank({ width, height }: { readonly width: number; readonly height: number }) {
  return { data: new Uint8Array(3 * width * height).fill(GRAY), width, height, channels: 3 as const };
}

import { chipCalibration, RangeGatherer } from '../../convert/chip/chip-calibration.ts';
import type { ChipRanges } from '../../convert/chip/chip-ranges.ts';
import type { EmbedderFile } from '../../convert/quantize-part.ts';
import type { Image } from '../../core/image/image.ts';
import type { Runtime } from '../../core/runtime/runtime.ts';
import { ChipNetwork } from '../../models/chip-network.ts';
import { embedderProfileOf } from '../../models/embedder-part.ts';
import { NODE_RUNTIME } from '../runtime/session.ts';

/** Every value is copied once more; the network itself was looked at before. */
const LIMITS = { rows: 4, elements: 2 ** 30, work: 2 ** 36 };

/**
 * Runs an embedder on faces and notes how far each of its values goes.
 *
 * @param chips - faces cut out as the embedder wants them
 * @returns what quantizePart asks for
 * @throws FaceTriggerError `ERR_MODEL_FORMAT` if there is nothing in the network that can be quantized
 */
export async function measureRanges(
  { part, bytes }: EmbedderFile,
  chips: readonly Image[],
  runtime: Runtime = NODE_RUNTIME,
): Promise<ChipRanges> {
  const calibration = chipCalibration(bytes, part.facts.chip.size);
  const gatherer = new RangeGatherer(calibration);
  const measured = calibration.outputs.flatMap(({ largest, turned }) => [largest, turned]);
  const observed: Runtime = {
    async createSession(network, options) {
      const session = await runtime.createSession(network, { ...options, limits: LIMITS });
      const dispose = () => session.dispose();
      return {
        inputNames: session.inputNames,
        outputNames: session.outputNames,
        async run(feeds, outputs = []) {
          const found = await session.run(feeds, [...outputs, ...measured]);
          gatherer.add(found);
          return found;
        },
        dispose,
        [Symbol.asyncDispose]: dispose,
      };
    },
  };
  const model = { profile: embedderProfileOf(part), network: calibration.network };
  // All the values of a few chips lie in memory at once.
  await using network = await ChipNetwork.create(model, { runtime: observed, batchSize: LIMITS.rows });
  await network.embed(chips);
  return gatherer.ranges();
}

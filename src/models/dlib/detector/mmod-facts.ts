import { expectation, FaceTriggerError } from '../../../core/errors.ts';
import type { ModelInfo } from '../../../onnx/read-model-info.ts';
import { DETECTOR_OUTPUT, MMOD_FACTS_KEY, type MmodFacts } from './mmod-format.ts';

/**
 * Reads what turns a cell of the score map into a box from a detector model.
 *
 * @throws FaceTriggerError `ERR_MODEL_FORMAT`
 */
export function readFacts({ metadata, outputs }: ModelInfo): MmodFacts {
  const output = outputs.find(({ name }) => name === DETECTOR_OUTPUT);
  if (output?.type !== 'float32' || output.shape.length !== 4) {
    const expected = `an output "${DETECTOR_OUTPUT}" float32 [n, 1, rows, columns]`;
    throw new FaceTriggerError('ERR_MODEL_FORMAT', expectation(expected, 'the detector model', outputs));
  }
  return parseFacts(metadata.get(MMOD_FACTS_KEY));
}

/** Size of the score map of a plane of pixels; 0 where there is none. */
export function mapSize(
  plane: { readonly width: number; readonly height: number },
  facts: MmodFacts,
): { width: number; height: number } {
  let { width, height } = plane;
  for (const { kernel, stride, padding } of facts.convs) {
    width = Math.floor((width + 2 * padding - kernel) / stride) + 1;
    height = Math.floor((height + 2 * padding - kernel) / stride) + 1;
    if (width < 1 || height < 1) return { width: 0, height: 0 };
  }
  return { width, height };
}

function parseFacts(json: string | undefined): MmodFacts {
  try {
    const facts = JSON.parse(json ?? '') as MmodFacts;
    const numbers = [facts.window.width, facts.window.height, facts.nmsIou, facts.nmsPercentCovered];
    numbers.push(
      ...facts.averages,
      ...facts.convs.flatMap((conv) => [conv.kernel, conv.stride, conv.padding]),
    );
    const isSane =
      numbers.every((value) => Number.isFinite(value) && value >= 0 && value <= 10_000) &&
      facts.averages.length === 3 &&
      facts.convs.length <= 100 &&
      facts.convs.every(
        ({ kernel, stride, padding }) =>
          kernel >= 1 && stride >= 1 && [kernel, stride, padding].every(Number.isInteger),
      ) &&
      facts.window.width >= 1;
    if (isSane) return facts;
  } catch {
    // falls through to the one error below
  }
  const message = expectation('the decoding facts that "models convert" writes', 'the detector model', json);
  throw new FaceTriggerError('ERR_MODEL_FORMAT', message);
}

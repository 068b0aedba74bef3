import { FaceTriggerError } from '../core/errors.ts';
import type { OpenedPart } from './adapters.ts';
import type { LivenessPart, ModelKind, ModelPart, ModelPrecision } from './model-pack.ts';
import type { ModelSource } from './model-source.ts';

/**
 * Loads a model of a pack.
 *
 * @throws FaceTriggerError `ERR_MODEL_NOT_FOUND`, also where the pack has no such model, `ERR_MODEL_FORMAT`
 */
export async function loadPart(
  source: ModelSource,
  kind: ModelKind,
  precision: ModelPrecision,
): Promise<OpenedPart> {
  const { name, parts } = await source.readPack();
  const find = (wanted: ModelPrecision) =>
    parts.find((part) => part.kind === kind && part.precision === wanted);
  const part = find(precision);
  if (part === undefined) {
    const message = `The models "${name}" have no ${kind} model in ${precision}`;
    throw new FaceTriggerError('ERR_MODEL_NOT_FOUND', message);
  }
  if (part.kind === 'embedder' && part.members) {
    const members = await Promise.all(part.members.map((member) => open(source, member)));
    return { part, bytes: NOTHING, readAgain: async () => NOTHING, members };
  }
  const small = precision === 'fp32' ? find('int8') : undefined;
  return { ...(await open(source, part)), ...(small && { quantized: () => source.readPart(small) }) };
}

const NOTHING = new Uint8Array();

async function open<Part extends ModelPart>(source: ModelSource, part: Part): Promise<OpenedPart<Part>> {
  return { part, bytes: await source.readPart(part), readAgain: () => source.readPart(part) };
}

/**
 * Loads the liveness networks of a pack, all of them.
 *
 * @throws FaceTriggerError `ERR_MODEL_NOT_FOUND`, also where the pack has none, `ERR_MODEL_FORMAT`
 */
export async function loadLivenessParts(source: ModelSource): Promise<OpenedPart<LivenessPart>[]> {
  const { name, parts } = await source.readPack();
  const found = parts.filter((part) => part.kind === 'liveness');
  if (found.length === 0) {
    const message =
      `The models "${name}" have no liveness network. Bring its files (MiniFASNetV2 and MiniFASNetV1SE as ONNX), ` +
      'install them by "face-trigger models add MiniFASNetV2.onnx MiniFASNetV1SE.onnx --name liveness", and name ' +
      'that pack (--liveness=liveness, or { liveness: { models: "liveness" } })';
    throw new FaceTriggerError('ERR_MODEL_NOT_FOUND', message);
  }
  return Promise.all(found.map((part) => open(source, part)));
}

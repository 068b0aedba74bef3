import { canQuantize } from '../../convert/quantize-part.ts';
import { FaceTriggerError } from '../../core/errors.ts';
import { printable } from '../../core/text/printable.ts';
import { scanPeopleFolder } from '../../dataset/people-folder.ts';
import { percent } from '../../evaluate/report/charts.ts';
import type { EmbedderPart, ModelPack } from '../../models/model-pack.ts';
import type { BenchAccuracy } from '../../pipeline/bench-models.ts';
import {
  type QuantizedWithPhotos,
  quantizeWithPhotos,
  WANTED_FACES,
} from '../../pipeline/quantize-with-photos.ts';
import type { CommandContext } from '../command-context.ts';
import type { Output } from '../output/output.ts';

/** A pack with its files. */
interface PackWithFiles {
  readonly pack: ModelPack;
  readonly files: ReadonlyMap<string, Uint8Array>;
}

/** A pack that has its embedder quantized too, and what is said of it. */
interface QuantizedPack extends PackWithFiles {
  readonly told: {
    readonly quantized: Omit<QuantizedWithPhotos, 'part' | 'bytes'> & { readonly id: string };
  };
  readonly lines: readonly string[];
}

/**
 * Quantizes the embedder of a pack with the photos of a folder.
 *
 * @throws FaceTriggerError `ERR_MODEL_FORMAT` if the pack has no embedder that can be quantized, or has a quantized one
 */
export async function quantizePack(
  { pack, files }: PackWithFiles,
  folder: string,
  { output, context: { signal } }: { readonly output: Output; readonly context: CommandContext },
): Promise<QuantizedPack> {
  const part = embedderOf(pack);
  const { people } = await scanPeopleFolder(folder);
  const photos = people.flatMap(({ label, photos: paths }) => paths.map((path) => ({ path, person: label })));
  try {
    const {
      part: small,
      bytes,
      ...told
    } = await quantizeWithPhotos(
      { part, bytes: files.get(part.file)! },
      // People in turns: the first few hundred faces are those of all of them.
      photos.length === 0 ? [] : spread(photos),
      {
        signal,
        onProgress: (done, total) => output.progress(done, total, 'faces'),
        onUnreadable: (path, error) => void output.failure(path, error),
      },
    );
    return {
      pack: { ...pack, parts: [...pack.parts, small] },
      files: new Map([...files, [small.file, bytes]]),
      told: { quantized: { id: small.id, ...told } },
      lines: linesOf({ id: small.id, file: small.file, folder }, told),
    };
  } finally {
    output.end();
  }
}

function embedderOf({ parts }: ModelPack): EmbedderPart {
  const embedders = parts.filter((part): part is EmbedderPart => part.kind === 'embedder');
  const small = embedders.find(({ precision }) => precision === 'int8');
  if (small) throw new FaceTriggerError('ERR_MODEL_FORMAT', `--quantize: the pack has ${small.file} already`);
  const part = embedders.find(canQuantize);
  if (part) return part;
  const received = embedders.map(({ id }) => id).join(', ') || 'a pack without an embedder';
  const message = `--quantize: expected an embedder that takes chips, as an ONNX file, but received ${received}`;
  throw new FaceTriggerError('ERR_MODEL_FORMAT', message);
}

/** The same photos with a step, so that those of one person do not stand together. */
function spread<T>(photos: readonly T[]): T[] {
  const step = Math.max(1, Math.round(Math.sqrt(photos.length)));
  return Array.from({ length: step }, (_, from) => photos.filter((__, i) => i % step === from)).flat();
}

function linesOf(
  { id, file, folder }: { readonly id: string; readonly file: string; readonly folder: string },
  {
    calibrated,
    loss,
    accuracy,
  }: QuantizedPack['told']['quantized'] | Omit<QuantizedWithPhotos, 'part' | 'bytes'>,
): string[] {
  const wanted =
    calibrated < WANTED_FACES ? `; ${WANTED_FACES} are wanted, so its ranges may be too narrow` : '';
  const lines = [
    `${printable(file)}: embedder ${id}, quantized with ${calibrated} faces of ${printable(folder)}${wanted}`,
    `loss: on ${loss.faces} other faces its embeddings are like the float ones by a cosine of ` +
      `${loss.meanCosine.toFixed(4)}, at worst ${loss.leastCosine.toFixed(4)}`,
  ];
  if (accuracy === undefined)
    return [
      ...lines,
      'accuracy: not compared, as these faces are not of several people with two photos each',
    ];
  const { fp32, int8 } = accuracy;
  const pairs = `${fp32.genuine} pairs of one person and ${fp32.impostor} of two`;
  return [...lines, `accuracy: ${sayOf('fp32', fp32)}; ${sayOf('int8', int8)}; ${pairs}`];
}

function sayOf(precision: string, { equalErrorRate, trueAcceptsAtNone }: BenchAccuracy): string {
  return `${precision} equal error ${percent(equalErrorRate)}, at no false accept ${percent(trueAcceptsAtNone)}`;
}

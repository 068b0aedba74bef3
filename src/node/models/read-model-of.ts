import { createHash } from 'node:crypto';
import { basename, dirname, extname, join } from 'node:path';
import { SOURCE_HASH_KEY, sha256 } from '../../convert/convert-model.ts';
import { convertGraphModel } from '../../convert/tfjs/convert-graph-model.ts';
import { kindOfTensorFlowJs } from '../../convert/tfjs/kind-of-tensorflow-js.ts';
import { readGraphModel } from '../../convert/tfjs/read-graph-model.ts';
import { convertTflite } from '../../convert/tflite/convert-tflite.ts';
import { expectation, FaceTriggerError } from '../../core/errors.ts';
import type { ModelFile } from '../../models/describe-model.ts';
import { KNOWN_MODELS } from '../../models/known-models.ts';
import { MAX_MODEL_BYTES, readModelFile } from './read-part.ts';

/** Endings of the files that models come in; of the last only those that begin as TensorFlow.js's do. */
export const MODEL_ENDINGS = ['.onnx', '.tflite', '.json'] as const;

/** Whether a file may be a model, by its name. */
export function isModelName(name: string): boolean {
  return MODEL_ENDINGS.some((ending) => name.toLowerCase().endsWith(ending));
}

/** A model as somebody published it, before anything is converted. */
export interface PublishedModel {
  readonly name: string;
  /** Of the file; of TensorFlow.js's of the description and the weights after it. */
  readonly sha256: string;
  /** Of all its files. */
  readonly bytes: number;
  /** As ONNX. @throws FaceTriggerError `ERR_MODEL_FORMAT` */
  toModelFile(): ModelFile;
}

/**
 * Reads a model file of any kind that can be used.
 *
 * @returns null for a .json file that is no model
 * @throws FaceTriggerError `ERR_MODEL_NOT_FOUND`, `ERR_MODEL_FORMAT`
 */
export async function readModelOf(path: string): Promise<PublishedModel | null> {
  const name = plainName(basename(path));
  switch (extname(path).toLowerCase()) {
    case '.tflite': {
      const bytes = await readModelFile(path);
      return published(name, { hash: sha256(bytes), size: bytes.length }, (metadata) =>
        convertTflite(bytes, metadata),
      );
    }
    case '.json':
      return readTensorFlowJs(path, name);
    default: {
      const bytes = await readModelFile(path);
      const hash = sha256(bytes);
      return { name, sha256: hash, bytes: bytes.length, toModelFile: () => ({ name, bytes, sha256: hash }) };
    }
  }
}

/** Longest description of a model of TensorFlow.js: graphs of thousands of nodes take a few megabytes. */
const MAX_DESCRIPTION = 32 * 1024 * 1024;

/** What can't be converted is named, with what can be done about it. */
const UNFIT = {
  layers:
    'a model of Keras\'s layers ("layers-model" of TensorFlow.js), of which only a graph can be converted: make one by ' +
    '"tensorflowjs_converter --input_format=tfjs_layers_model --output_format=tfjs_graph_model model.json FOLDER" ' +
    '(Python, pip install tensorflowjs) and add that',
  weights:
    'a list of weights without a graph, such as those of face-api.js, whose networks are in its code: ' +
    'add an ONNX file, a TFLite file or a graph model of TensorFlow.js instead',
} as const;

async function readTensorFlowJs(path: string, name: string): Promise<PublishedModel | null> {
  const bytes = await readModelFile(path, MAX_DESCRIPTION);
  const text = new TextDecoder().decode(bytes);
  const kind = kindOfTensorFlowJs(text);
  if (kind === null) return null;
  if (kind !== 'graph') throw new FaceTriggerError('ERR_MODEL_FORMAT', `${path} is ${UNFIT[kind]}`);
  const graph = readGraphModel(text);
  if (graph.bytes > MAX_MODEL_BYTES) {
    const message = expectation(`weights of at most ${MAX_MODEL_BYTES} bytes`, path, graph.bytes);
    throw new FaceTriggerError('ERR_MODEL_FORMAT', message);
  }
  const parts: Uint8Array[] = [];
  // No file is read further than the weights that the description tells of.
  let left = graph.bytes;
  for (const file of graph.files) {
    const part = await readModelFile(join(dirname(path), file), left);
    left -= part.length;
    parts.push(part);
  }
  const hash = createHash('sha256').update(bytes);
  for (const part of parts) hash.update(part);
  const source = hash.digest('hex');
  const restorePrelu = Object.hasOwn(KNOWN_MODELS, source) && KNOWN_MODELS[source]?.restorePrelu;
  return published(name, { hash: source, size: bytes.length + graph.bytes }, (metadata) =>
    convertGraphModel(graph.complete(Buffer.concat(parts)), { restorePrelu, metadata }),
  );
}

function published(
  name: string,
  { hash, size }: { readonly hash: string; readonly size: number },
  convert: (metadata: Readonly<Record<string, string>>) => Uint8Array,
): PublishedModel {
  return {
    name,
    sha256: hash,
    bytes: size,
    toModelFile() {
      const bytes = convert({ [SOURCE_HASH_KEY]: hash });
      const converted = `${name.slice(0, -extname(name).length)}.onnx`;
      return { name: converted, bytes, sha256: sha256(bytes), source: { name, sha256: hash } };
    },
  };
}

/** What a file of a pack can be called. */
function plainName(name: string): string {
  return name.replace(/[^\w.-]+/g, '-').replace(/^[.]+/, '');
}

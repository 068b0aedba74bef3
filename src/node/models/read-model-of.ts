import { basename, dirname, extname, join } from 'node:path';
import { SOURCE_HASH_KEY, sha256 } from '../../convert/convert-model.ts';
import { convertGraphModel } from '../../convert/tfjs/convert-graph-model.ts';
import { readGraphModel } from '../../convert/tfjs/read-graph-model.ts';
import { convertTflite } from '../../convert/tflite/convert-tflite.ts';
import type { ModelFile } from '../../models/describe-model.ts';
import { KNOWN_MODELS } from '../../models/known-models.ts';
import { readModelFile } from './read-part.ts';

/** Endings of the files that models come in; of the last only those that begin as TensorFlow.js's do. */
export const MODEL_ENDINGS = ['.onnx', '.tflite', '.json'] as const;

/** A model as somebody published it, before anything is converted. */
export interface PublishedModel {
  readonly name: string;
  /** Of the file; of TensorFlow.js's of the description and the weights after it. */
  readonly sha256: string;
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
  const bytes = await readModelFile(path);
  switch (extname(path).toLowerCase()) {
    case '.tflite':
      return published(name, sha256(bytes), (metadata) => convertTflite(bytes, metadata));
    case '.json': {
      const text = new TextDecoder().decode(bytes);
      // Most files that end so are no models; those that are say so at their beginning.
      if (!/^\s*\{\s*"format":\s*"graph-model"/.test(text)) return null;
      const graph = readGraphModel(text);
      const parts: Uint8Array[] = [];
      for (const file of graph.files) parts.push(await readModelFile(join(dirname(path), file)));
      const weights = Buffer.concat(parts);
      const hash = sha256(Buffer.concat([bytes, weights]));
      const restorePrelu = Object.hasOwn(KNOWN_MODELS, hash) && KNOWN_MODELS[hash]?.restorePrelu;
      return published(name, hash, (metadata) =>
        convertGraphModel(graph.complete(weights), { restorePrelu, metadata }),
      );
    }
    default: {
      const hash = sha256(bytes);
      return { name, sha256: hash, toModelFile: () => ({ name, bytes, sha256: hash }) };
    }
  }
}

function published(
  name: string,
  hash: string,
  convert: (metadata: Readonly<Record<string, string>>) => Uint8Array,
): PublishedModel {
  return {
    name,
    sha256: hash,
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

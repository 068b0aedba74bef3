/** What a file of TensorFlow.js describes. */
export type TensorFlowJsKind = 'graph' | 'layers' | 'weights';

/**
 * Tells files of TensorFlow.js from all the others that end in .json, and which of its kinds they are.
 *
 * @param text - of the file
 * @returns null for one that is none of TensorFlow.js's
 * @remarks Source: tfjs-core, src/io/types.ts. Converters before version 1 wrote no `format`.
 */
export function kindOfTensorFlowJs(text: string): TensorFlowJsKind | null {
  // Of the many other files none has to be parsed.
  if (!/"weightsManifest"|"modelTopology"|"paths"/.test(text)) return null;
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    // Damaged: what reads graphs says where.
    return /^\s*\{\s*"format":\s*"graph-model"/.test(text) ? 'graph' : null;
  }
  if (Array.isArray(content)) return content.length > 0 && content.every(isWeights) ? 'weights' : null;
  const { format, modelTopology: topology } = (content ?? {}) as Readonly<Record<string, unknown>>;
  if (format === 'graph-model') return 'graph';
  if (format === 'layers-model') return 'layers';
  if (typeof topology !== 'object' || topology === null) return null;
  if ('node' in topology) return 'graph';
  return 'model_config' in topology || 'keras_version' in topology || 'class_name' in topology
    ? 'layers'
    : null;
}

function isWeights(entry: unknown): boolean {
  return typeof entry === 'object' && entry !== null && 'paths' in entry && 'weights' in entry;
}

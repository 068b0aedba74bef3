import { FaceTriggerError } from '../errors.ts';
import type { ValueInfo } from './read-model-info.ts';
import { type GraphNode, readNodes } from './read-nodes.ts';
import { SIZE_RULES } from './size-rules.ts';
import { counted, sized, type ValueSize } from './value-size.ts';

/** Elements that a value may have: a GiB of float64. Ten times what the project's own models need. */
const MAX_ELEMENTS = 2 ** 27;
/** Elements of everything that follows from constants alone, which the runtime computes while it loads a model. */
const MAX_FOLDED = 2 ** 28;
/** Rows that go through a model at once. */
const FREE_ROWS = 64;
/** Side of a picture, for models whose input has any. */
const FREE_SIDE = 256;

/**
 * Refuses a model that would take far more memory than its file: a few bytes can ask for terabytes.
 *
 * @param bytes - the whole file, which readModelInfo has accepted
 * @param inputs - of the model
 * @throws FaceTriggerError `ERR_MODEL_FORMAT` if a value of the graph can be too large, or an operator is none of
 * those that embedders, detectors and classifiers are made of
 * @remarks Computes an upper bound of each value's shape from the operators' definitions
 * (github.com/onnx/onnx/blob/main/docs/Operators.md), with 64 rows and pictures of 256 pixels where a size is free.
 */
export function boundSizes(bytes: Uint8Array, inputs: readonly ValueInfo[]): void {
  const { nodes, constants } = readNodes(bytes);
  const sizes = new Map<string, ValueSize>([['', sized([])]]);
  const folded = new Set<string>(['']);
  let foldedElements = 0;
  for (const { name, shape } of inputs) sizes.set(name, accept(name, sized(shape.map(assumed))));
  for (const [name, { dims, integers }] of constants) {
    sizes.set(name, sized(dims, integers));
    folded.add(name);
  }
  for (const node of nodes) {
    const sources = node.inputs.map((name) => sizes.get(name) ?? unknown(node, name));
    const results = resultsOf(node, sources);
    const isFolded = node.inputs.every((name) => folded.has(name));
    for (const [i, name] of node.outputs.entries()) {
      // What an operator gives beside its first result has another shape, but is never larger.
      const size = accept(node.opType, results[i] ?? counted(results[0]?.count ?? 0));
      sizes.set(name, size);
      if (!isFolded) continue;
      folded.add(name);
      foldedElements += size.count;
      if (foldedElements > MAX_FOLDED) throw tooLarge('what follows from its constants', foldedElements);
    }
  }
}

function resultsOf(node: GraphNode, sources: readonly ValueSize[]): readonly ValueSize[] {
  const { opType, domain } = node;
  const rule = KNOWN_DOMAINS.has(domain) ? SIZE_RULES.get(opType) : undefined;
  if (rule === undefined) {
    throw new FaceTriggerError(
      'ERR_MODEL_FORMAT',
      `The ONNX model uses the operator "${domain === '' ? opType : `${domain}.${opType}`}", which is not accepted`,
    );
  }
  const results = rule(node, sources);
  if (results !== null) return results;
  throw new FaceTriggerError(
    'ERR_MODEL_FORMAT',
    `The size of what "${opType}" gives does not follow from the ONNX file; export the model with fixed shapes`,
  );
}

const KNOWN_DOMAINS: ReadonlySet<string> = new Set(['', 'ai.onnx.ml', 'com.microsoft']);

function assumed(size: number | string, axis: number): number {
  if (typeof size === 'number' && size > 0) return size;
  return axis === 0 ? FREE_ROWS : FREE_SIDE;
}

function accept(what: string, size: ValueSize): ValueSize {
  if (size.count <= MAX_ELEMENTS && (size.dims ?? []).every((dim) => dim >= 0)) return size;
  throw tooLarge(`"${what}"`, size.count);
}

function tooLarge(what: string, count: number): FaceTriggerError {
  return new FaceTriggerError(
    'ERR_MODEL_FORMAT',
    `The ONNX model is refused: ${what} would have ${count} elements, more than ${MAX_ELEMENTS}`,
  );
}

function unknown(node: GraphNode, name: string): never {
  throw new FaceTriggerError(
    'ERR_MODEL_FORMAT',
    `"${node.opType}" takes "${name}", which nothing before it makes`,
  );
}

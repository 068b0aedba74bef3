import { FaceTriggerError } from '../core/errors.ts';
import type { RunLimits } from '../core/runtime/runtime.ts';
import { checkTrees } from './check-trees.ts';
import { workOf } from './node-work.ts';
import type { ValueInfo } from './read-model-info.ts';
import { type GraphNode, readNodes } from './read-nodes.ts';
import { SIZE_RULES } from './size-rules.ts';
import { counted, sized, type ValueSize } from './value-size.ts';

/** Elements that a value may have: half a GiB of float64, or half a million embeddings. */
const MAX_ELEMENTS = 2 ** 26;
/** Elements of all constants: in the file they may be a byte each, in memory they are eight. */
const MAX_CONSTANTS = 2 ** 27;
/** Elements of everything that follows from constants alone, which the runtime computes while it loads a model. */
const MAX_FOLDED = 2 ** 26;
/** Steps that the runtime takes for that: a second or two. */
const MAX_FOLDED_WORK = 2 ** 32;

/**
 * Limits of networks, of which the project's embedder needs a fifth of the elements and two thirds of the steps, and
 * of classifiers, of which one of half a million photos needs that much.
 */
export const RUN_LIMITS = {
  network: { rows: 8, elements: 2 ** 28, work: 2 ** 35 },
  classifier: { rows: 16, elements: 3 * 2 ** 26, work: 2 ** 32 },
} as const satisfies Record<string, RunLimits>;

/** Side of a picture, for models whose input has any. */
const FREE_SIDE = 256;

/**
 * Refuses a model that would take far more memory or time than its file: a few bytes can ask for terabytes.
 *
 * @param bytes - the whole file, which readModelInfo has accepted
 * @param inputs - of the model
 * @throws FaceTriggerError `ERR_MODEL_FORMAT` if a value of the graph can be too large, all of them together take too
 * much, or an operator is none of those that embedders, detectors and classifiers are made of
 * @remarks Computes an upper bound of each value's shape from the operators' definitions
 * (github.com/onnx/onnx/blob/main/docs/Operators.md), with pictures of 256 pixels where a size is free.
 */
export function boundSizes(
  bytes: Uint8Array,
  inputs: readonly ValueInfo[],
  limits: RunLimits = RUN_LIMITS.network,
): void {
  const { nodes, constants } = readNodes(bytes);
  const sizes = new Map<string, ValueSize>([['', sized([])]]);
  const folded = new Set<string>(['']);
  const spent = { folded: 0, foldedWork: 0, elements: 0, work: 0 };
  for (const { name, shape } of inputs)
    sizes.set(name, accept(name, sized(shape.map((size, axis) => assumed(size, axis, limits.rows)))));
  let held = 0;
  for (const [name, { dims, integers, reals }] of constants) {
    const size = accept(name, { ...sized(dims, integers), reals });
    held += size.count;
    if (held > MAX_CONSTANTS) throw tooLarge('its constants together', held, MAX_CONSTANTS);
    sizes.set(name, size);
    folded.add(name);
  }
  for (const node of nodes) {
    const sources = node.inputs.map((name) => sizes.get(name) ?? unknown(node, name));
    checkTrees(node);
    const rule = resultsOf(node, sources);
    // What an operator gives beside its first result has another shape, but is never larger.
    const results = node.outputs.map((_, i) => accept(node.opType, rule[i] ?? counted(rule[0]?.count ?? 0)));
    const isFolded = node.inputs.every((name) => folded.has(name));
    for (const [i, name] of node.outputs.entries()) {
      if (name === '') continue;
      if (sizes.has(name)) throw malformed(`two nodes make "${name}"`);
      sizes.set(name, results[i]!);
      if (isFolded) folded.add(name);
    }
    const elements = results.reduce((sum, { count }) => sum + count, 0);
    const work = workOf(node, sources, results);
    spent.elements += elements;
    spent.work += work;
    if (isFolded) {
      spent.folded += elements;
      spent.foldedWork += work;
    }
    if (spent.folded > MAX_FOLDED)
      throw tooLarge('what follows from its constants', spent.folded, MAX_FOLDED);
    if (spent.foldedWork > MAX_FOLDED_WORK) throw tooSlow('loading it', spent.foldedWork, MAX_FOLDED_WORK);
    if (spent.elements > limits.elements)
      throw tooLarge('all its values together', spent.elements, limits.elements);
    if (spent.work > limits.work) throw tooSlow('a run of it', spent.work, limits.work);
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

function assumed(size: number | string, axis: number, rows: number): number {
  if (typeof size === 'number' && size > 0) return size;
  return axis === 0 ? rows : FREE_SIDE;
}

function accept(what: string, { dims, count, ...size }: ValueSize): ValueSize {
  // Without elements nothing bounds the other sizes of a shape: [0, 2^30] turned and multiplied makes 2^60.
  const isEmpty = dims === null ? count === 0 : dims.length > 1 && dims.includes(0);
  if (isEmpty || !(count >= 0) || !(dims ?? []).every((dim) => dim >= 0))
    throw malformed(`"${what}" has no elements`);
  if (count > MAX_ELEMENTS) throw tooLarge(`"${what}"`, count, MAX_ELEMENTS);
  return { dims, count, ...size };
}

function tooLarge(what: string, count: number, limit: number): FaceTriggerError {
  return malformed(`${what} would have ${count} elements, more than ${limit}`);
}

function tooSlow(what: string, steps: number, limit: number): FaceTriggerError {
  return malformed(`${what} would take ${steps} steps, more than ${limit}`);
}

function malformed(why: string): FaceTriggerError {
  return new FaceTriggerError('ERR_MODEL_FORMAT', `The ONNX model is refused: ${why}`);
}

function unknown(node: GraphNode, name: string): never {
  throw new FaceTriggerError(
    'ERR_MODEL_FORMAT',
    `"${node.opType}" takes "${name}", which nothing before it makes`,
  );
}

import { expectation, FaceTriggerError } from '../../core/errors.ts';
import type { ChipNetworkShape } from '../../models/chip-network-shape.ts';
import type { GraphNode } from '../../onnx/read-nodes.ts';
import type { AddLayer, ChipLayer, ChipLayers, ChipValue, ConvLayer } from './chip-layer.ts';
import { foldNormalization, mergeConvs, passOn, readConv, scaleLayer } from './conv-layers.ts';
import { findSlopes, type SlopedNode } from './find-slopes.ts';
import { countReaders, type LiveGraph, nodesBehind } from './live-graph.ts';

/**
 * Finds the layers that can be computed in bytes: from the first convolution on, as long as a layer is a convolution, a
 * normalization, a relu or one with slopes, or a sum, and not the last one over the whole picture.
 *
 * @param graph - of the embedding
 * @param shape - of the file
 * @param size - side of a chip
 * @throws FaceTriggerError `ERR_MODEL_FORMAT` if there are none
 */
export function readChipLayers(graph: LiveGraph, shape: ChipNetworkShape, size: number): ChipLayers {
  // What helps to write slopes out is read by nothing else then.
  const sloped = new Map<string, SlopedNode>();
  const plain = graph.nodes.map((node) => {
    const found = findSlopes(node, graph);
    if (found === null) return node;
    sloped.set(node.outputs[0]!, found);
    return { ...node, inputs: [found.input] };
  });
  const nodes = nodesBehind(plain, [shape.output]);
  const first = nodes.find(({ opType }) => opType === 'Conv');
  const [entryName, weights] = first?.inputs ?? [];
  if (entryName === undefined || weights === undefined || graph.floats(weights)?.dims[1] !== 3)
    throw new FaceTriggerError(
      'ERR_MODEL_FORMAT',
      expectation('a network that begins with a convolution of three colors', 'the embedder', first?.opType),
    );
  const entry = { name: entryName, channels: 3, rows: size, columns: size };
  const reader = new LayerReader(graph, entry, countReaders(nodes, shape.output));
  for (const node of nodes) reader.read(node, sloped.get(node.outputs[0] ?? '') ?? null);
  if (reader.layers.length === 0)
    throw new FaceTriggerError(
      'ERR_MODEL_FORMAT',
      expectation('a layer that can be computed in bytes', 'the embedder', 'none'),
    );
  return { entry, layers: reader.layers };
}

class LayerReader {
  readonly #graph: LiveGraph;
  readonly #readers: ReadonlyMap<string, number>;
  readonly #values: Map<string, ChipValue>;
  /** Names that stand for another value. */
  readonly #aliases = new Map<string, string>();
  readonly #layers: ChipLayer[] = [];

  constructor(graph: LiveGraph, entry: ChipValue, readers: ReadonlyMap<string, number>) {
    this.#graph = graph;
    this.#readers = readers;
    this.#values = new Map([[entry.name, entry]]);
  }

  get layers(): readonly ChipLayer[] {
    return this.#layers;
  }

  read(node: GraphNode, sloped: SlopedNode | null): void {
    const output = node.outputs[0] ?? '';
    if (sloped === null) this.#plain(node, output);
    else this.#slopes(sloped, output);
  }

  #plain(node: GraphNode, output: string): void {
    const [a = '', b = ''] = node.inputs.map((name) => this.#aliases.get(name) ?? name);
    const input = this.#values.get(a);
    if (input === undefined) return;
    const { opType } = node;
    if (opType === 'Conv') this.#conv(node, input);
    else if (opType === 'BatchNormalization') this.#normalize(node, input);
    // In a run of an embedder nothing is dropped.
    else if (opType === 'Identity' || opType === 'Dropout') this.#aliases.set(output, a);
    else if (opType === 'Add') {
      const other = this.#values.get(b);
      if (other === undefined || !isSameSize(input, other)) return;
      const value = { ...input, name: output };
      this.#push({ kind: 'add', inputs: [a, b], output: value, sums: output, hasRelu: false });
    }
  }

  #conv(node: GraphNode, input: ChipValue): void {
    const conv = readConv(node, { input, graph: this.#graph });
    if (conv === null) return;
    const before = this.#takeLast(input.name, 'conv', (last) => mergeConvs(last, conv));
    this.#push(before ?? conv);
  }

  #normalize(node: GraphNode, input: ChipValue): void {
    const scale = scaleLayer(node, { input, graph: this.#graph });
    if (scale === null) return;
    const folded = this.#takeLast(input.name, 'conv', (last) => foldNormalization(last, scale));
    this.#push(folded ?? scale);
  }

  #slopes(sloped: SlopedNode, output: string): void {
    const { input: name, slopes: given, ceiling = Number.POSITIVE_INFINITY } = sloped;
    const own = this.#aliases.get(name) ?? name;
    const input = this.#values.get(own);
    if (input === undefined || (given.length !== 1 && given.length !== input.channels)) return;
    const slopes = given.length === 1 ? new Float32Array(input.channels).fill(given[0]!) : given;
    const value = { ...input, name: output };
    const hasRelu = slopes.every((slope) => slope === 0);
    const changed =
      this.#takeLast(own, 'conv', (last) =>
        last.slopes === null ? { ...last, slopes, ceiling, output: value } : null,
      ) ??
      this.#takeLast(own, 'add', (last) =>
        hasRelu && !last.hasRelu && ceiling === Number.POSITIVE_INFINITY
          ? { ...last, hasRelu, output: value }
          : null,
      );
    this.#push(changed ?? { ...passOn(input, value), slopes, ceiling });
  }

  /** The layer that made a value which nothing else reads, changed; it is taken off the list unless that gave `null`. */
  #takeLast<Kind extends ChipLayer['kind']>(
    name: string,
    kind: Kind,
    change: (layer: Extract<ChipLayer, { kind: Kind }>) => ChipLayer | null,
  ): ChipLayer | null {
    const at = this.#layers.findIndex(({ output }) => output.name === name);
    const layer = this.#layers[at];
    if (layer?.kind !== kind || this.#readers.get(name) !== 1) return null;
    const changed = change(layer as Extract<ChipLayer, { kind: Kind }>);
    if (changed !== null) this.#layers.splice(at, 1);
    return changed;
  }

  #push(layer: ChipLayer): void {
    const ready = layer.kind === 'add' ? this.#withoutSlopes(layer) : layer;
    this.#layers.push(ready);
    this.#values.set(ready.output.name, ready.output);
  }

  /** A sum takes values of one sign in each channel, which those behind slopes need not be. */
  #withoutSlopes(add: AddLayer): AddLayer {
    const [a, b] = add.inputs.map((name) => {
      const maker = this.#layers.find(({ output }) => output.name === name);
      const isPlain = maker?.kind === 'add' || (maker?.kind === 'conv' && !hasSlopes(maker));
      if (isPlain) return name;
      const input = this.#values.get(name)!;
      const value = { ...input, name: `${name}/plain` };
      if (!this.#values.has(value.name)) this.#push({ ...passOn(input, value), sums: name });
      return value.name;
    });
    return { ...add, inputs: [a!, b!] };
  }
}

function hasSlopes({ slopes }: ConvLayer): boolean {
  return slopes?.some((slope) => slope !== 0) ?? false;
}

function isSameSize(a: ChipValue, b: ChipValue): boolean {
  return a.channels === b.channels && a.rows === b.rows && a.columns === b.columns;
}

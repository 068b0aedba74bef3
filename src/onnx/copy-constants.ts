import { utf8Text } from '../core/text/utf8.ts';
import type { GraphBuilder } from './graph-builder.ts';
import { readFields } from './proto-reader.ts';

/** Fields of ModelProto, GraphProto and TensorProto. Source: onnx/onnx.proto3. */
const MODEL_GRAPH = 7;
const GRAPH_INITIALIZER = 5;
const TENSOR_NAME = 8;

/** Copies constants of a file into a graph that is built, as they are. */
export function copyConstants(
  bytes: Uint8Array,
  builder: GraphBuilder,
  isWanted: (name: string) => boolean,
): void {
  for (const { field, bytes: graph } of readFields(bytes)) {
    if (field !== MODEL_GRAPH || graph === null) continue;
    for (const { field: inner, bytes: tensor } of readFields(graph)) {
      if (inner !== GRAPH_INITIALIZER || tensor === null) continue;
      const named = [...readFields(tensor)].find((part) => part.field === TENSOR_NAME)?.bytes;
      if (isWanted(named ? utf8Text(named) : '')) builder.rawInitializer(tensor);
    }
  }
}

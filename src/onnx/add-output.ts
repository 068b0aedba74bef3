import { FaceTriggerError } from '../core/errors.ts';
import { type GraphValue, writeValue } from './graph-builder.ts';
import { type ProtoField, readFields } from './proto-reader.ts';
import { joinBytes, ProtoWriter } from './proto-writer.ts';

/** Fields of ModelProto and GraphProto. Source: onnx/onnx.proto3. */
const MODEL_GRAPH = 7;
const GRAPH_OUTPUT = 12;

/**
 * Lets a value inside a graph be asked for.
 *
 * @param bytes - a whole ONNX file
 * @param value - of the graph; a string in its shape is a free dimension
 * @returns the file with one more output
 * @throws FaceTriggerError `ERR_MODEL_FORMAT`
 */
export function addOutput(bytes: Uint8Array, value: GraphValue): Uint8Array {
  const model = new ProtoWriter();
  for (const field of readFields(bytes)) {
    if (field.field !== MODEL_GRAPH || field.bytes === null) copyField(model, field);
    else {
      const output = new ProtoWriter().message(GRAPH_OUTPUT, (writer) => writeValue(writer, value)).finish();
      model.bytes(MODEL_GRAPH, joinBytes([field.bytes, output]));
    }
  }
  return model.finish();
}

function copyField(model: ProtoWriter, { field, wireType, number, bytes }: ProtoField): void {
  if (bytes !== null) model.bytes(field, bytes);
  else if (wireType === 0) model.varint(field, number);
  // ModelProto has no field of a fixed size.
  else throw new FaceTriggerError('ERR_MODEL_FORMAT', `The ONNX file has an unknown field ${field}`);
}

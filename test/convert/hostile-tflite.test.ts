import { describe, expect, it } from 'vitest';
import { convertTflite } from '../../src/convert/tflite/convert-tflite.ts';
import { readModelInfo } from '../../src/onnx/read-model-info.ts';
import {
  bytes,
  type Flat,
  i8,
  i32,
  integers,
  table,
  tables,
  text,
  writeFlatbuffer,
} from './flatbuffer-writer.ts';

const MEGABYTE = 1024 * 1024;
const CONV_2D = 3;

/** A network of one picture [1, 8, 8, 1], as the schema orders the fields of its tables. */
function network({
  tensors,
  buffers,
  operators,
  codes = [CONV_2D],
}: {
  readonly tensors: readonly Flat[];
  readonly buffers: readonly Flat[];
  readonly operators: readonly Flat[];
  readonly codes?: readonly number[];
}): Uint8Array {
  const graph = table(tables(tensors), integers(0), integers(1), tables(operators));
  const names = tables(codes.map((code) => table(i8(Math.min(code, 127)), null, null, i32(code))));
  return writeFlatbuffer(table(i32(3), names, tables([graph]), null, tables(buffers)), 'TFL3');
}

const empty = table();
const tensor = (name: Flat, shape: Flat, buffer: number) => table(shape, i8(0), i32(buffer), name);
const picture = tensor(text('in'), integers(1, 8, 8, 1), 0);
const constant = (numbers: number) => table(bytes(new Uint8Array(4 * numbers)));
/** A convolution from the tensor 0 to the tensor 1. */
const convolution = (inputs: Flat) => table(i32(0), inputs, integers(1), i8(1), table(i8(0), i32(1), i32(1)));

describe('a TFLite file that names its parts over and over', () => {
  it('is converted where it does so within reason', () => {
    const channels = 16;
    const kernel = tensor(text('kernel'), integers(channels, 1, 1, 1), 1);
    const output = tensor(text('out'), integers(1, 8, 8, channels), 0);
    const file = network({
      tensors: [picture, output, kernel, kernel],
      buffers: [empty, constant(channels)],
      operators: [convolution(integers(0, 2, -1))],
    });
    expect(readModelInfo(convertTflite(file)).outputs).toMatchObject([
      { shape: [1, channels, 'height', 'width'] },
    ]);
  });

  const numbers = MEGABYTE / 4;
  const kernel = tensor(text('kernel'), integers(numbers, 1, 1, 1), 1);
  const output = tensor(text('out'), integers(1, 8, 8, numbers), 0);
  const many = <T>(count: number, item: T): T[] => Array.from({ length: count }, () => item);
  it.each<[string, () => Parameters<typeof network>[0]]>([
    [
      'constants of one megabyte in ten thousand tensors',
      () => ({
        tensors: [picture, output, ...many(10_000, kernel)],
        buffers: [empty, constant(numbers)],
        operators: [convolution(integers(0, 2, -1))],
      }),
    ],
    [
      'one kernel in five thousand convolutions',
      () => ({
        tensors: [picture, output, kernel],
        buffers: [empty, constant(numbers)],
        operators: many(5_000, convolution(integers(0, 2, -1))),
      }),
    ],
    [
      'one bias in five thousand convolutions',
      () => ({
        tensors: [picture, output, kernel, tensor(text('bias'), integers(numbers), 1)],
        buffers: [empty, constant(numbers)],
        operators: many(5_000, convolution(integers(0, 2, 3))),
      }),
    ],
    [
      'one long list of inputs in nine thousand operators',
      () => ({
        tensors: [picture, output],
        buffers: [empty],
        operators: many(9_000, convolution(integers(...many(100_000, 0)))),
      }),
    ],
    [
      'one long name in a hundred thousand tensors',
      () => ({
        tensors: many(100_000, tensor(text('x'.repeat(MEGABYTE)), integers(1, 8, 8, 1), 0)),
        buffers: [empty],
        operators: [],
      }),
    ],
    [
      'a million tables that are one',
      () => ({ tensors: many(900_000, picture), buffers: [empty], operators: [] }),
    ],
    [
      'more operators than a network has',
      () => ({
        tensors: [picture, output],
        buffers: [empty],
        operators: many(20_000, convolution(integers(0))),
      }),
    ],
  ])('is refused: %s', (_, parts) => {
    expect(() => convertTflite(network(parts()))).toThrow(
      expect.objectContaining({ code: 'ERR_MODEL_FORMAT', message: expect.stringMatching(/more than \d+/) }),
    );
  });

  it('is refused with more outputs than a network has', () => {
    const graph = table(tables([picture]), integers(0), integers(...many(1000, 0)), tables([]));
    const file = writeFlatbuffer(table(i32(3), tables([]), tables([graph]), null, tables([empty])), 'TFL3');
    expect(() => convertTflite(file)).toThrow(expect.objectContaining({ code: 'ERR_MODEL_FORMAT' }));
  });
});

describe('a TFLite file with operators that are not known', () => {
  it('is refused with their names, each once', () => {
    const output = tensor(text('out'), integers(1, 8, 8, 1), 0);
    const operator = (index: number) => table(i32(index), integers(0), integers(1));
    const file = network({
      tensors: [picture, output],
      buffers: [empty],
      operators: [operator(0), operator(1), operator(0), operator(2)],
      codes: [2, 150, 4000],
    });
    expect(() => convertTflite(file)).toThrow('CONCATENATION, GELU, number 4000');
  });

  it('is refused with the name that its makers gave one of their own', () => {
    const output = tensor(text('out'), integers(1, 8, 8, 1), 0);
    const graph = table(
      tables([picture, output]),
      integers(0),
      integers(1),
      tables([table(i32(0), integers(0), integers(1))]),
    );
    const codes = tables([table(i8(32), text('TFLite_Detection_PostProcess'), null, i32(32))]);
    const file = writeFlatbuffer(table(i32(3), codes, tables([graph]), null, tables([empty])), 'TFL3');
    expect(() => convertTflite(file)).toThrow('CUSTOM "TFLite_Detection_PostProcess"');
  });
});

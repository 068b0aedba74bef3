import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { quantizeModel } from '../../src/convert/convert-model.ts';
import type { ConvLayer } from '../../src/convert/dlib/network.ts';
import { fillChannels, foldBlocks } from '../../src/convert/fold-layers.ts';
import { buildModels } from '../../src/node/models/build-models.ts';
import { readNodes } from '../../src/onnx/read-nodes.ts';
import { dlibFile, readBytes } from './dlib-files.ts';

const calibrations = JSON.parse(
  readFileSync(new URL('../../scripts/activation-ranges.json', import.meta.url), 'utf8'),
);

/** A convolution without padding of an image [rows][columns][inputs]. */
function convolve(conv: ConvLayer, image: number[][][]): number[][][] {
  const output: number[][][] = [];
  for (let y = 0; y + conv.rows <= image.length; y += conv.strideY) {
    const row: number[][] = [];
    for (let x = 0; x + conv.columns <= image[0]!.length; x += conv.strideX) {
      const cell: number[] = [];
      for (let filter = 0; filter < conv.filters; filter++) {
        let sum = 0;
        for (let input = 0; input < conv.inputs; input++)
          for (let r = 0; r < conv.rows; r++)
            for (let c = 0; c < conv.columns; c++)
              sum +=
                conv.weights[((filter * conv.inputs + input) * conv.rows + r) * conv.columns + c]! *
                image[y + r]![x + c]![input]!;
        cell.push(sum);
      }
      row.push(cell);
    }
    output.push(row);
  }
  return output;
}

describe('foldBlocks', () => {
  it('computes on blocks of four pixels what the convolution computes on pixels', () => {
    const whole = (max: number) => fc.integer({ min: 1, max });
    fc.assert(
      fc.property(whole(7), whole(2), fc.integer(), (kernel, filters, seed) => {
        const value = (i: number) => ((Math.imul(i + 7, 40_503 ^ seed) >>> 8) % 17) - 8;
        const weights = Float32Array.from({ length: filters * 3 * kernel * kernel }, (_, i) => value(i));
        const square = { rows: kernel, columns: kernel, strideX: 2, strideY: 2, paddingX: 0, paddingY: 0 };
        const conv = {
          kind: 'con' as const,
          filters,
          inputs: 3,
          ...square,
          weights,
          biases: new Float32Array(filters),
        };
        const size = kernel + 5 + ((kernel + 5) % 2);
        const pixel = (y: number, x: number) => [0, 1, 2].map((c) => value((y * size + x) * 3 + c));
        const image = Array.from({ length: size }, (_, y) =>
          Array.from({ length: size }, (_, x) => pixel(y, x)),
        );
        const blocks = Array.from({ length: size / 2 }, (_, y) =>
          Array.from({ length: size / 2 }, (_, x) =>
            [
              [0, 0],
              [0, 1],
              [1, 0],
              [1, 1],
            ].flatMap(([r, c]) => image[2 * y + r!]![2 * x + c!]!),
          ),
        );
        expect(convolve(foldBlocks(conv), blocks)).toEqual(convolve(conv, image));
      }),
    );
  });
});

describe('fillChannels', () => {
  it('adds filters that give zeros, and inputs that change nothing', () => {
    const count = fc.integer({ min: 1, max: 4 });
    fc.assert(
      fc.property(count, count, count, count, (filters, inputs, moreFilters, moreInputs) => {
        const value = (i: number) => ((Math.imul(i + 7, 40_503) >>> 8) % 17) - 8;
        const square = { rows: 2, columns: 2, strideX: 1, strideY: 1, paddingX: 0, paddingY: 0 };
        const weights = Float32Array.from({ length: filters * inputs * 4 }, (_, i) => value(i));
        const biases = Float32Array.from({ length: filters }, (_, i) => value(99 + i));
        const conv = { kind: 'con' as const, filters, inputs, ...square, weights, biases };
        const to = { filters: filters + moreFilters - 1, inputs: inputs + moreInputs - 1 };
        const filled = fillChannels(conv, to);
        const image = Array.from({ length: 3 }, (_, y) =>
          Array.from({ length: 3 }, (_, x) =>
            Array.from({ length: to.inputs }, (_, c) => value(y + 5 * x + 11 * c)),
          ),
        );
        const zeros = new Array<number>(to.filters - filters).fill(0);
        const expected = convolve(conv, image).map((row) => row.map((cell) => [...cell, ...zeros]));
        expect(convolve(filled, image)).toEqual(expected);
        expect([...filled.biases]).toEqual([...biases, ...zeros]);
      }),
    );
  });
});

describe('quantizeModel', () => {
  it('gives a model a hash of its own, which depends on the ranges', () => {
    const source = readBytes(dlibFile('detector'));
    const { ranges } = calibrations.detector;
    const model = quantizeModel(source, ranges);
    expect(model.identity).toMatch(/^[0-9a-f]{64}$/);
    expect(quantizeModel(source, ranges)).toEqual(model);
    const others = ranges.map(([least, largest]: number[]) => [least, largest! * 1.01]);
    expect(quantizeModel(source, others).identity).not.toBe(model.identity);
  });

  it("computes the detector's hidden layers in whole sixteens of channels", () => {
    const { bytes } = quantizeModel(readBytes(dlibFile('detector')), calibrations.detector.ranges);
    const { nodes, constants } = readNodes(bytes);
    const weights = nodes.filter(({ opType }) => opType === 'QLinearConv').map(({ inputs }) => inputs[3]!);
    expect(weights.map((name) => constants.get(name)!.dims[0]! % 16)).toEqual(weights.map(() => 0));
  });

  it('refuses fewer ranges than the network has values', () => {
    const source = readBytes(dlibFile('embedder'));
    expect(() => quantizeModel(source, calibrations.embedder.ranges.slice(1))).toThrow(
      expect.objectContaining({ code: 'ERR_MODEL_FORMAT' }),
    );
  });
});

describe('buildModels', () => {
  it('refuses ranges of other weights', async () => {
    const { detector, embedder } = calibrations;
    const folder = dlibFile('detector').replace(/[^/\\]*$/, '');
    const options = {
      sourceFolder: folder,
      outputFolder: `${process.env['TMPDIR'] ?? '/tmp'}/face-trigger-never`,
    };
    const swapped = { ...options, calibrations: { detector: embedder, embedder: detector } };
    await expect(buildModels(swapped)).rejects.toThrow('activation ranges');
  });
});

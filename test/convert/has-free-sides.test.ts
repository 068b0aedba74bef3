import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { DecodeBudget } from '../../src/convert/decode-budget.ts';
import { hasFreeSides } from '../../src/convert/tflite/has-free-sides.ts';
import { readTflite, type TfliteGraph } from '../../src/convert/tflite/read-tflite.ts';

/** A file of a development dependency. */
function graphOf(file: string): TfliteGraph {
  const bytes = new Uint8Array(
    readFileSync(fileURLToPath(new URL(`../../node_modules/${file}`, import.meta.url))),
  );
  return readTflite(bytes, new DecodeBudget(bytes.length));
}

const DETECTOR = '@mediapipe/face_detection/face_detection_full_range.tflite';

describe('hasFreeSides', () => {
  it('lets a detector that says something of each cell take pictures of any size', () => {
    expect(hasFreeSides(graphOf(DETECTOR))).toBe(true);
  });

  it('keeps a network of one picture size to it where a value is made of the whole picture', () => {
    const graph = graphOf(DETECTOR);
    const tensors = graph.tensors.map((tensor) =>
      tensor.shape[1] === 6 ? { ...tensor, shape: [1, 1, 1, tensor.shape[3]!] } : tensor,
    );
    expect(hasFreeSides({ ...graph, tensors })).toBe(false);
  });

  it('keeps one to its size where a constant belongs to each pixel', () => {
    const graph = graphOf(DETECTOR);
    const sum = graph.operators.find(({ code, inputs }) => code === 0 && inputs.length === 2)!;
    const tensors = graph.tensors.map((tensor, i) =>
      i === sum.inputs[0] ? { ...tensor, data: new Uint8Array(4) } : tensor,
    );
    expect(hasFreeSides({ ...graph, tensors })).toBe(false);
  });

  it('keeps one to its size that takes several pictures', () => {
    const graph = graphOf(DETECTOR);
    expect(hasFreeSides({ ...graph, inputs: [...graph.inputs, ...graph.inputs] })).toBe(false);
  });
});

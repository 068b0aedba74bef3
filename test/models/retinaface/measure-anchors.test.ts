import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import type { Runtime, TensorValue } from '../../../src/core/runtime/runtime.ts';
import { drawFace } from '../../../src/models/retinaface/draw-face.ts';
import { measureAnchors } from '../../../src/models/retinaface/measure-anchors.ts';
import { RETINAFACE_ANCHORS } from '../../../src/models/retinaface/retinaface-anchors.ts';
import { openRetinaface } from '../../../src/models/retinaface/retinaface-detector.ts';
import { NODE_RUNTIME } from '../../../src/node/runtime/session.ts';
import { describeWithSharedData } from '../../shared-data.ts';

const FILE = fileURLToPath(new URL('../../../../shared/models/retinaface_mnet025.onnx', import.meta.url));

/** The same network as if it had been trained with the anchors of Pytorch_Retinaface. */
function withOtherAnchors(): Runtime {
  return {
    async createSession(bytes, options) {
      const session = await NODE_RUNTIME.createSession(bytes, options);
      return {
        inputNames: session.inputNames,
        outputNames: session.outputNames,
        dispose: () => session.dispose(),
        [Symbol.asyncDispose]: () => session.dispose(),
        async run(feeds, names) {
          const outputs = { ...(await session.run(feeds, names)) };
          const [, , height, width] = Object.values(feeds)[0]!.dims;
          for (const [name, numbers] of [
            ['loc', 4],
            ['landm', 10],
          ] as const) {
            const output = outputs[name];
            if (output) outputs[name] = rescaled(output, numbers, [width!, height!]);
          }
          return outputs;
        },
      };
    },
  };
}

function rescaled(
  output: TensorValue,
  numbers: number,
  [width, height]: readonly [number, number],
): TensorValue {
  const data = Float32Array.from(output.data as Float32Array);
  let at = 0;
  for (const [level, { stride, sides }] of RETINAFACE_ANCHORS[10].entries()) {
    const cells = Math.ceil(width / stride) * Math.ceil(height / stride);
    for (let i = 0; i < 2 * cells; i++) {
      const anchor = (i % 2) as 0 | 1;
      const ratio = sides[anchor] / RETINAFACE_ANCHORS[16][level]!.sides[anchor];
      for (let k = 0; k < numbers; k++, at++)
        data[at] = numbers === 4 && k >= 2 ? data[at]! + Math.log(ratio) / 0.2 : data[at]! * ratio;
    }
  }
  return { ...output, data };
}

describeWithSharedData('the anchors of a RetinaFace', ['golden/packs'], () => {
  const bytes = () => new Uint8Array(readFileSync(FILE));

  it('are measured by what neighboring cells answer of a drawn face', async () => {
    expect(await measureAnchors(bytes(), NODE_RUNTIME)).toBe(10);
    expect(await measureAnchors(bytes(), withOtherAnchors())).toBe(16);
  });

  it('decide where boxes and points lie', async () => {
    const picture = drawFace(320, 80);
    const open = (anchors: 10 | 16, runtime: Runtime) =>
      openRetinaface({ profile: { id: 'test' }, bytes: bytes() }, { runtime, anchors });
    await using first = await open(10, NODE_RUNTIME);
    await using second = await open(16, withOtherAnchors());
    await using wrong = await open(16, NODE_RUNTIME);
    const [[expected], [found], [other]] = [
      await first.detect(picture),
      await second.detect(picture),
      await wrong.detect(picture),
    ];
    for (const side of ['left', 'top', 'width', 'height'] as const)
      expect(found!.box[side]).toBeCloseTo(expected!.box[side], 2);
    expected!.landmarks!.points.forEach(([x, y], i) => {
      expect(found!.landmarks!.points[i]![0]).toBeCloseTo(x, 2);
      expect(found!.landmarks!.points[i]![1]).toBeCloseTo(y, 2);
    });
    expect(other!.box.width / expected!.box.width).toBeGreaterThan(1.5);
  });
});

import { describe, expect, it } from 'vitest';
import type { Runtime } from '../../src/core/runtime/runtime.ts';
import { GraphBuilder } from '../../src/onnx/graph-builder.ts';

/** What every Runtime promises. */
export function describeRuntime(name: string, runtime: Runtime): void {
  describe(`the runtime "${name}"`, () => {
    const doubling = () => {
      const graph = new GraphBuilder('doubling');
      graph.input('x', 'float32', ['n', 2]);
      graph.initializer('two', { type: 'float32', dims: [1], data: Float32Array.of(2) });
      graph.node('Mul', ['x', 'two'], {}, { outputs: ['y'] });
      graph.node('Identity', ['x'], {}, { outputs: ['same'] });
      graph.output('y', 'float32', ['n', 2]);
      graph.output('same', 'float32', ['n', 2]);
      return graph.toModel();
    };
    const x = { type: 'float32' as const, dims: [2, 2], data: Float32Array.of(1, 2, 3, 4) };

    it('runs a model and gives the outputs that are wanted', async () => {
      await using session = await runtime.createSession(doubling(), { threads: 1 });
      expect(session.inputNames).toEqual(['x']);
      expect([...session.outputNames].sort()).toEqual(['same', 'y']);
      const { y, same } = await session.run({ x });
      expect(y).toEqual({ type: 'float32', dims: [2, 2], data: Float32Array.of(2, 4, 6, 8) });
      expect(same!.data).toEqual(x.data);
      expect(Object.keys(await session.run({ x }, ['y']))).toEqual(['y']);
    });

    it('runs again and again, and at the same time', async () => {
      await using session = await runtime.createSession(doubling());
      const results = await Promise.all([session.run({ x }), session.run({ x }), session.run({ x })]);
      for (const { y } of results) expect(y!.data).toEqual(Float32Array.of(2, 4, 6, 8));
    });

    it('refuses what is no model, and feeds that do not fit', async () => {
      await expect(runtime.createSession(new Uint8Array([1, 2, 3]))).rejects.toMatchObject({
        code: 'ERR_MODEL_FORMAT',
      });
      await using session = await runtime.createSession(doubling());
      await expect(session.run({ z: x })).rejects.toMatchObject({ code: 'ERR_RUNTIME' });
    });

    it('refuses work after dispose(), which may come twice', async () => {
      const session = await runtime.createSession(doubling());
      await session.dispose();
      await session.dispose();
      await expect(session.run({ x })).rejects.toMatchObject({ code: 'ERR_DISPOSED' });
    });
  });
}

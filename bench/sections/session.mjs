import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { ROOT } from '../child.mjs';
// Switches onnxruntime's telemetry off.
import '../../dist/node/runtime/telemetry.js';
import { measure, round } from '../measure.mjs';

const SIDE = 150;
/** As src/node/runtime/session.ts opens models. */
const CHOSEN = {
  executionProviders: ['cpu'],
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  executionMode: 'sequential',
  graphOptimizationLevel: 'all',
  logSeverityLevel: 3,
  extra: { session: { intra_op: { allow_spinning: '0' } } },
};
const SPINNING = { extra: { session: { intra_op: { allow_spinning: '1' } } } };

/** What onnxruntime's settings do to the embedder, one chip a run. */
export const session = {
  name: 'session',
  title: "onnxruntime's settings, one chip a run",
  columns: {
    precision: 'precision',
    what: 'settings',
    openMs: 'ms to open',
    median: 'ms a run, median',
    p95: 'p95',
    min: 'min',
    n: 'n',
  },

  async run({ quick }) {
    const folder = mkdtempSync(join(tmpdir(), 'face-trigger-bench-'));
    const counts = quick ? { warmUp: 1, n: 3 } : { warmUp: 20, n: 200 };
    const rows = [];
    try {
      for (const precision of ['fp32', 'int8']) {
        const model = join(ROOT, `models/dlib/face-embedder${precision === 'int8' ? '-int8' : ''}.onnx`);
        const optimized = join(folder, `${precision}.onnx`);
        await (
          await InferenceSession.create(model, { ...CHOSEN, optimizedModelFilePath: optimized })
        ).release();
        for (const { what, path = model, ...options } of cases(optimized)) {
          rows.push({ precision, what, ...(await measureOptions(path, options, counts)) });
        }
        const megabytes = (path) => round(statSync(path).size / 1e6);
        rows.at(-1).what += ` (${megabytes(optimized)} MB for ${megabytes(model)})`;
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
    return { rows };
  },
};

function cases(optimized) {
  const two = availableParallelism() > 1;
  return [
    { what: 'as the project opens it, 1 thread' },
    ...(two
      ? [
          { what: '2 threads', intraOpNumThreads: 2 },
          { what: '2 threads that spin', intraOpNumThreads: 2, ...SPINNING },
        ]
      : []),
    { what: 'no arena', enableCpuMemArena: false },
    { what: 'no memory pattern', enableMemPattern: false },
    { what: 'neither', enableCpuMemArena: false, enableMemPattern: false },
    { what: 'optimized: extended', graphOptimizationLevel: 'extended' },
    { what: 'optimized: basic', graphOptimizationLevel: 'basic' },
    { what: 'not optimized', graphOptimizationLevel: 'disabled' },
    { what: 'optimized beforehand and kept as a file', path: optimized, graphOptimizationLevel: 'disabled' },
  ];
}

async function measureOptions(path, options, counts) {
  const bytes = readFileSync(path);
  const start = performance.now();
  const opened = await InferenceSession.create(bytes, { ...CHOSEN, ...options });
  const openMs = round(performance.now() - start);
  const [name] = opened.inputNames;
  const pixels = Uint8Array.from({ length: SIDE * SIDE * 3 }, (_, i) => (i * 7919) % 256);
  const feeds = { [name]: new Tensor('uint8', pixels, [1, SIDE, SIDE, 3]) };
  const times = await measure(() => opened.run(feeds), counts);
  await opened.release();
  return { openMs, ...times };
}

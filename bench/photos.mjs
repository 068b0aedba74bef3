// Where the time of a scan goes:
//   node bench/photos.mjs FOLDER [--jobs 2]
// Needs dist/ (npm run build). Prints JSON: photos a second, and of the milliseconds that its steps took the shares of
// reading, decoding, networks (with the wait for a thread) and crops; what is left to other work is small.
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { packageEmbedder } from '../dist/node/models/packaged-models.js';
import { openPhotoLibrary } from '../dist/photos/photo-library.js';
import { scanPhotos } from '../dist/photos/scan/scan-photos.js';
import { PipelinePool } from '../dist/pipeline/pipeline-pool.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { jobs: { type: 'string', default: String(availableParallelism()) } },
});
const workers = Number(values.jobs);
const root = mkdtempSync(join(tmpdir(), 'face-trigger-bench-'));
const profile = await packageEmbedder('fp32');
const pool = await PipelinePool.create({ detection: 'fast', workers });
const library = await openPhotoLibrary(join(root, 'photos.db'), { embedder: profile });
const begun = performance.now();
const { times, scanned, faces } = await scanPhotos(library, positionals, {
  analyze: (image, settings) => pool.analyze(image, settings),
  ...{ profile, concurrency: workers + 2 },
});
const seconds = (performance.now() - begun) / 1000;
const all = Object.values(times).reduce((sum, ms) => sum + ms, 0);
const shares = Object.fromEntries(Object.entries(times).map(([step, ms]) => [step, +(ms / all).toFixed(3)]));
console.log(
  JSON.stringify({
    workers,
    scanned,
    faces,
    seconds: +seconds.toFixed(1),
    rate: +(scanned / seconds).toFixed(2),
    shares,
  }),
);
await library.dispose();
await pool.dispose();
rmSync(root, { recursive: true });

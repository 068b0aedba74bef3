// Fills a gallery, or opens one, and tells how long it took, as one line of JSON; "import" says "ready" first, begins when
// it is told to on its standard input, and ends when it is told so again:
//   node --expose-gc bench/children/postgres-start.mjs import|open ADDRESS FACES
import { once } from 'node:events';
import { openGallery } from '../../dist/gallery/open-gallery.js';
import { EMBEDDER, records } from '../synthetic-gallery.mjs';

const [, , what, address, faceCount] = process.argv;
const faces = Number(faceCount);
globalThis.gc?.();
const before = process.memoryUsage().rss;
const start = performance.now();
const gallery = await openGallery(address, { embedder: EMBEDDER });
const openMs = performance.now() - start;
if (what === 'import') {
  // Made before the clock runs: making faces up is no part of an import.
  const made = records(faces);
  console.log('ready');
  await once(process.stdin, 'data');
  const used = process.cpuUsage();
  const begin = performance.now();
  await gallery.import(made);
  const seconds = (performance.now() - begin) / 1000;
  const { user, system } = process.cpuUsage(used);
  const processorUs = Number(((user + system) / faces).toFixed(1));
  console.log(JSON.stringify({ importPerSecond: Math.round(faces / seconds), processorUs }));
  await once(process.stdin, 'data');
} else {
  globalThis.gc?.();
  const memoryMb = Math.round((process.memoryUsage().rss - before) / 1e6);
  console.log(JSON.stringify({ startMs: Math.round(openMs), memoryMb }));
}
await gallery.dispose();
process.exit();

// Fills a gallery, or opens one, and tells how long it took, as one line of JSON:
//   node --expose-gc bench/children/postgres-start.mjs import|open ADDRESS FACES
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
  const made = [...records(faces)];
  const begin = performance.now();
  await gallery.import(made);
  const seconds = (performance.now() - begin) / 1000;
  console.log(JSON.stringify({ importPerSecond: Math.round(faces / seconds) }));
} else {
  globalThis.gc?.();
  const memoryMb = Math.round((process.memoryUsage().rss - before) / 1e6);
  console.log(JSON.stringify({ startMs: Math.round(openMs), memoryMb }));
}
await gallery.dispose();

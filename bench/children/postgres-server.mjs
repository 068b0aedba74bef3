// A server's searches, one after the other, for some seconds, as one line of JSON:
//   node bench/children/postgres-server.mjs ADDRESS FACES SECONDS
// It says "ready" first, begins when it is told to on its standard input, and ends when it is told so again.
import { once } from 'node:events';
import { openGallery } from '../../dist/gallery/open-gallery.js';
import { EMBEDDER, makeProbes, TOP } from '../synthetic-gallery.mjs';

const [, , address, faceCount, seconds] = process.argv;
const { known } = makeProbes(Number(faceCount), 500);
const gallery = await openGallery(address, { embedder: EMBEDDER });
await gallery.indexed();
for (const probe of known.slice(0, 50)) await gallery.search(probe, { limit: TOP });
console.log('ready');
await once(process.stdin, 'data');
const used = process.cpuUsage();
const end = performance.now() + 1000 * Number(seconds);
let searches = 0;
for (; performance.now() < end; searches++)
  await gallery.search(known[searches % known.length], { limit: TOP });
const { user, system } = process.cpuUsage(used);
console.log(JSON.stringify({ searches, processorMs: Math.round((user + system) / 1000) }));
await once(process.stdin, 'data');
await gallery.dispose();
process.exit();

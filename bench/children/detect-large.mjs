// Reads and searches one photo some times and prints how long the search took and the process's peak memory.
//   node bench/children/detect-large.mjs PHOTO MODE COUNT THREADS

import { readImage } from '../../dist/index.js';
import { openDetector } from '../../dist/node/models/open-models.js';
import { measure } from '../measure.mjs';

const [path, mode, count, threads] = process.argv.slice(2);
const detector = await openDetector({ mode, threads: Number(threads) });
const image = await readImage(path);
const faces = (await detector.detect(image)).length;
const times = await measure(() => detector.detect(image), { warmUp: 0, n: Number(count) });
// Node gives kilobytes on every system.
const peakMb = Math.round(process.resourceUsage().maxRSS / 1000);
await detector.dispose();
console.log(JSON.stringify({ faces, ...times, warmUp: 1, peakMb }));

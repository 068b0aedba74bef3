// How many whole frames a second one set of networks, or two, search for four cameras, and the memory that takes:
// `node bench/children/shared-networks.mjs WORKERS THREADS SECONDS WIDTH HEIGHT`, one line of JSON.
import { SharedNetworks } from '../../dist/watch/shared-networks.js';

const [workers, threads, seconds, width, height] = process.argv.slice(2).map(Number);
const networks = await SharedNetworks.create({ detection: 'fast', workers, threads });
const data = Uint8Array.from({ length: width * height * 3 }, (_, i) => (i * 7919) % 251);
const image = { data, width, height, channels: 3 };
const cameras = ['a', 'b', 'c', 'd'].map((name) => networks.stepsFor(name));
const search = (steps) => steps.detect(image, { minFaceSize: 80, near: null });
await Promise.all(cameras.map(search));
const cpu = process.cpuUsage();
const start = performance.now();
const counts = await Promise.all(
  cameras.map(async (steps) => {
    let count = 0;
    for (; performance.now() - start < seconds * 1000; count++) await search(steps);
    return count;
  }),
);
const tookS = (performance.now() - start) / 1000;
const { user, system } = process.cpuUsage(cpu);
const searches = counts.reduce((sum, count) => sum + count, 0);
console.log(
  JSON.stringify({
    ...{ workers, threads, searches, counts },
    perSecond: Math.round((10 * searches) / tookS) / 10,
    cpuMsPerSearch: Math.round((user + system) / 1000 / searches),
    rssMb: Math.round(process.memoryUsage().rss / 2 ** 20),
  }),
);
await networks[Symbol.asyncDispose]();

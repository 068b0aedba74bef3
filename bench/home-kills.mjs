// A home that is killed (kill -9) at random moments while its camera shows a film:
//   node bench/home-kills.mjs [--minutes 10] [--kills 10] [--fps 5] [--seed 1]
// Needs dist/ and models/ (node scripts/bootstrap.mjs), ffmpeg and mosquitto. `face-trigger run` watches two cameras of
// 1280 x 720 before which a man comes and goes every ten seconds, keeps what happens in SQLite, and tells a webhook and a
// broker; killed, it is started again at once. Then what is kept is compared with what was told: every event at least
// once, each repeat marked, every id once in the store, and nothing lost of what it printed. Prints the environment and
// a line of JSON; the exit status is 1 where one of these does not hold.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import mqtt from 'mqtt';
import { createRandom } from '../dist/core/random/random.js';
import { openAppearances } from '../dist/gallery/stores/appearances/open-appearances.js';
import { WATCH_EVENT_TYPES } from '../dist/watch/watch-event.js';
import { ROOT } from './child.mjs';
import { describeEnvironment } from './environment.mjs';
import { startFilmCameras } from './film-cameras.mjs';

/** How long the last one runs before it is asked to end, and whoever is told may take after that. */
const LAST_MS = 20_000;
const SETTLE_MS = 3000;

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    kills: { type: 'string', default: '10' },
    fps: { type: 'string', default: '5' },
    seed: { type: 'string', default: '1' },
  },
});
const folder = mkdtempSync(join(tmpdir(), 'face-trigger-kills-'));
const gallery = join(folder, 'gallery.db');
const films = await startFilmCameras(folder, values.fps);
const webhook = await startReceiver();
const broker = await startBroker();
try {
  tell(describeEnvironment());
  const config = writeConfig();
  const lengthMs = Number(values.minutes) * 60_000;
  const random = createRandom(Number(values.seed));
  const moments = Array.from({ length: Number(values.kills) }, () => random.next() * lengthMs).sort(
    (a, b) => a - b,
  );
  const start = performance.now();
  const printed = [];
  const runs = [];
  for (const moment of moments) runs.push(await runAndKill(config, start + moment, printed));
  runs.push(await runToTheEnd(config, start + Math.max(lengthMs, moments.at(-1) + LAST_MS), printed));
  await sleep(SETTLE_MS);
  const result = await compare(printed, runs, (performance.now() - start) / 60_000);
  tell(result);
  process.exitCode = result.faults === 0 ? 0 : 1;
} finally {
  films.close();
  webhook.close();
  await broker.close();
  rmSync(folder, { recursive: true, force: true });
}

function writeConfig() {
  const config = join(folder, 'home.json');
  writeFileSync(
    config,
    JSON.stringify({
      gallery,
      cameras: { door: { url: `${films.host}/person-1.ts` }, yard: { url: `${films.host}/person-2.ts` } },
      server: false,
      presence: { leaveAfterSeconds: 2 },
      triggers: [
        {
          when: { events: WATCH_EVENT_TYPES, ignored: true },
          do: [
            { type: 'webhook', url: webhook.url, allowInternal: ['127.0.0.1'] },
            { type: 'mqtt', url: broker.url },
          ],
        },
      ],
    }),
  );
  return config;
}

function startHome(config, printed) {
  const child = spawn(process.execPath, ['bin/face-trigger.js', 'run', config, '--json'], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let events = 0;
  createInterface({ input: child.stdout }).on('line', (line) => {
    // The last line of one that was killed may be cut.
    if (!line.endsWith('}')) return;
    printed.push(JSON.parse(line).id);
    events++;
  });
  return { child, ended: once(child, 'close'), events: () => events };
}

async function runAndKill(config, at, printed) {
  const from = performance.now();
  const { child, ended, events } = startHome(config, printed);
  await sleep(Math.max(0, at - performance.now()));
  if (child.exitCode !== null) throw new Error(`the home ended by itself with ${child.exitCode}`);
  child.kill('SIGKILL');
  await ended;
  return { seconds: Math.round((performance.now() - from) / 1000), events: events() };
}

async function runToTheEnd(config, at, printed) {
  const from = performance.now();
  const { child, ended, events } = startHome(config, printed);
  await sleep(Math.max(0, at - performance.now()));
  child.kill('SIGINT');
  const [status] = await ended;
  if (status !== 130) throw new Error(`the last home ended with ${status}`);
  return { seconds: Math.round((performance.now() - from) / 1000), events: events() };
}

async function compare(printed, runs, minutes) {
  const store = await openAppearances(gallery);
  const kept = [];
  for (let seq = 0; ; seq = kept.at(-1).seq) {
    const page = await store.eventsAfter(seq, 500);
    kept.push(...page);
    if (page.length === 0) break;
  }
  await store.dispose();
  const ids = new Set(kept.map(({ id }) => id));
  const types = {};
  for (const { body } of kept) {
    const { type } = JSON.parse(body);
    types[type] = (types[type] ?? 0) + 1;
  }
  const told = { webhook: toldOf(webhook.events, ids), mqtt: toldOf(broker.events, ids) };
  const checks = {
    sameIdTwice: kept.length - ids.size,
    printedAndNotKept: printed.filter((id) => !ids.has(id)).length,
    webhook: told.webhook.faults,
    mqtt: told.mqtt.faults,
  };
  const faults = [checks.sameIdTwice, checks.printedAndNotKept]
    .concat(Object.values(checks.webhook), Object.values(checks.mqtt))
    .reduce((sum, count) => sum + count, 0);
  return {
    minutes: Math.round(minutes * 10) / 10,
    kills: runs.length - 1,
    // Of each home, from its start on: one that was killed while it opened its parts has no event.
    runs,
    events: kept.length,
    types,
    told: { webhook: told.webhook.counts, mqtt: told.mqtt.counts },
    faults,
    checks,
  };
}

function toldOf(events, ids) {
  const seen = new Set();
  let [unmarked, again] = [0, 0];
  for (const { id, repeat } of events) {
    if (seen.has(id)) {
      again++;
      if (!repeat) unmarked++;
    }
    seen.add(id);
  }
  return {
    counts: { times: events.length, marked: events.filter(({ repeat }) => repeat).length, again },
    faults: {
      notTold: [...ids].filter((id) => !seen.has(id)).length,
      againWithoutMark: unmarked,
      toldAndNotKept: [...seen].filter((id) => !ids.has(id)).length,
    },
  };
}

async function startReceiver() {
  const events = [];
  const server = createServer((request, response) => {
    const parts = [];
    request.on('data', (part) => parts.push(part));
    request.on('end', () => {
      events.push(JSON.parse(Buffer.concat(parts).toString()));
      response.writeHead(204).end();
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${server.address().port}/`, events, close: () => server.close() };
}

async function startBroker() {
  const port = await freePort();
  const config = join(folder, 'mosquitto.conf');
  // A broker started by root gives its rights away unless told otherwise.
  writeFileSync(config, `user root\nlistener ${port} 127.0.0.1\nallow_anonymous true\n`);
  const child = spawn('mosquitto', ['-c', config], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin` },
  });
  for await (const chunk of child.stderr) if (String(chunk).includes('running')) break;
  const url = `mqtt://127.0.0.1:${port}`;
  const events = [];
  const client = await mqtt.connectAsync(url);
  client.on('message', (_, payload) => events.push(JSON.parse(payload.toString())));
  await client.subscribeAsync('face-trigger/+/event', { qos: 1 });
  return {
    url,
    events,
    async close() {
      await client.endAsync();
      child.kill();
    },
  };
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

function tell(line) {
  console.log(JSON.stringify(line));
}

import { type ChildProcess, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { openAppearances } from '../../src/gallery/stores/appearances/open-appearances.ts';
import type { WatchEvent } from '../../src/watch/watch-event.ts';
import {
  NO_OWN_POSTGRES,
  type OwnServer,
  startOwnPostgres,
} from '../gallery/stores/postgres/test-postgres.ts';
import { filmCamera } from '../home/film-camera.ts';
import { needs } from '../programs.ts';
import { media, photoFolder, runCli } from './run-cli.ts';

if (NO_OWN_POSTGRES) console.warn(`skipped: a home in PostgreSQL: ${NO_OWN_POSTGRES}`);

describe.skipIf(NO_OWN_POSTGRES)('face-trigger run with a gallery in PostgreSQL', () => {
  let postgres: OwnServer;
  beforeAll(async () => {
    postgres = await startOwnPostgres();
  });
  afterAll(() => postgres.stop());

  it('goes on while the database is away, and loses nothing of what its cameras saw meanwhile', async (context) => {
    needs(context, 'ffmpeg');
    const folder = await photoFolder({});
    const film = join(folder, 'film.mp4');
    // A man for two seconds and nobody for two.
    const shape = 'fps=10,setsar=1';
    const parts = `[0:v]trim=0:2,${shape}[a];color=gray:s=768x576:r=10:d=2,setsar=1[b];[b][a]scale2ref[b][a];[a][b]concat=n=2:v=1[v]`;
    const cut = ['-i', media('cap13_edit2.mp4'), '-filter_complex', parts, '-map', '[v]', '-an', film];
    expect(spawnSync('ffmpeg', ['-loglevel', 'error', '-nostdin', ...cut]).status).toBe(0);
    await using camera = await filmCamera(film);
    const gallery = await postgres.createDatabase();
    const config = join(folder, 'home.json');
    writeFileSync(
      config,
      JSON.stringify({
        gallery,
        cameras: { door: { url: camera.url } },
        server: { port: 0 },
        presence: { leaveAfterSeconds: 1, motionHoldSeconds: 0 },
      }),
    );
    let said = '';
    const told: WatchEvent[] = [];
    const seen = (type: WatchEvent['type'], from: number) =>
      expect.poll(() => told.slice(from).map((event) => event.type), { timeout: 60_000 }).toContain(type);
    const page = async () => {
      const [url] = /http:\/\/127\.0\.0\.1:\d+/.exec(said)!;
      return (await fetch(`${url}/api/v1/appearances`)).status;
    };
    const steps = async () => {
      await seen('presence.left', 0);
      expect(await page()).toBe(200);
      await postgres.kill();
      const whileAway = told.length;
      await seen('face.appeared', whileAway);
      await seen('face.left', whileAway);
      await postgres.start();
      const after = told.length;
      await seen('face.appeared', after);
      await seen('presence.left', after);
      await expect.poll(page, { timeout: 30_000 }).toBe(200);
    };
    const run = await runCli(['run', config, '--json'], {
      onStart: (child: ChildProcess) => {
        let rest = '';
        child.stdout!.on('data', (text: string) => {
          const lines = (rest + text).split('\n');
          rest = lines.pop()!;
          told.push(...lines.map((line) => JSON.parse(line) as WatchEvent));
        });
        child.stderr!.on('data', (text: string) => {
          said += text;
        });
        void steps().then(
          () => child.kill('SIGINT'),
          (error: unknown) => {
            said += String(error);
            child.kill('SIGKILL');
          },
        );
      },
    });
    expect(run.status, said).toBe(130);
    const store = await openAppearances(gallery);
    onTestFinished(() => store.dispose());
    const kept = await store.eventsAfter(0, 10_000);
    expect(kept.map(({ id }) => id)).toEqual(told.map(({ id }) => id));
    // What was seen while it was away is as whole as the rest.
    const rows = await store.listAppearances({ limit: 1000 });
    const left = told.flatMap((event) =>
      event.type === 'face.left' && 'appearance' in event ? [event.appearance] : [],
    );
    const ended = rows
      .filter(({ endedAt, facts }) => endedAt !== null && !facts.isCutOff)
      .map(({ id }) => id);
    expect(ended.sort()).toEqual(left.sort());
  });
});

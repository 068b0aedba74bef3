import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { WatchEvent } from '../../src/watch/watch-event.ts';
import { filmCamera } from '../home/film-camera.ts';
import { needs } from '../programs.ts';
import { jsonLines, media, photoFolder, runCli } from './run-cli.ts';

describe('face-trigger watch --gallery', () => {
  it('names the people of a gallery with their ids, and takes no model folder beside it', async (context) => {
    needs(context, 'ffmpeg');
    const folder = await photoFolder({});
    const film = join(folder, 'film.mp4');
    const people = join(folder, 'people');
    mkdirSync(people);
    const photo = join(people, 'Ada.png');
    const cuts = [
      ['-i', media('cap13_edit2.mp4'), '-t', '2', '-vf', 'fps=10', '-an', film],
      ['-ss', '1', '-i', media('cap13_edit2.mp4'), '-frames:v', '1', photo],
    ];
    for (const cut of cuts)
      expect(spawnSync('ffmpeg', ['-loglevel', 'error', '-nostdin', ...cut]).status).toBe(0);
    const gallery = join(folder, 'gallery.db');
    expect((await runCli(['gallery', 'add', people, '--gallery', gallery])).status).toBe(0);
    const run = await runCli(['watch', film, '--gallery', gallery, '--json', '--name', 'door']);
    expect(run.status, run.stderr).toBe(0);
    const events = jsonLines<WatchEvent>(run);
    expect(events.map(({ type }) => type)).toEqual(['face.appeared', 'person.recognized', 'face.left']);
    expect(events[1]).toMatchObject({ label: 'Ada', personId: expect.stringMatching(/^[0-9a-f-]{36}$/) });
    const both = await runCli(['watch', film, '--gallery', gallery, '--model', folder]);
    expect(both.status).toBe(2);
    expect(both.stderr).toContain('either the people of --model or those of --gallery');
  });
});

describe('face-trigger run', () => {
  it('checks a file: mistakes with their lines, what is missing here, names that nobody has', async () => {
    const folder = await photoFolder({
      'bad.yaml': new TextEncoder().encode(
        'cameras:\n  door: { url: x, zones: { a: { polygon: 1 } } }\nfoo: 1\n',
      ),
      'good.yaml': new TextEncoder().encode(
        'cameras: { door: { url: env:NO_SUCH_CAMERA } }\ntriggers: [{ when: { who: Ada }, do: { type: stdout } }]\n',
      ),
    });
    const bad = await runCli(['run', 'bad.yaml', '--check'], { cwd: folder });
    expect(bad.status).toBe(3);
    expect(bad.stderr).toContain('bad.yaml:2:42: cameras.door.zones.a.polygon');
    expect(bad.stderr).toContain('bad.yaml:1:1: Unrecognized key: "foo"');
    const good = await runCli(['run', 'good.yaml', '--check'], { cwd: folder });
    expect(good.status).toBe(1);
    expect(good.stderr).toContain(
      'warning: good.yaml: cameras.door.url: The variable NO_SUCH_CAMERA is not set',
    );
    expect(good.stderr).toContain('nobody is called "Ada"');
    expect(good.stdout).toBe('good.yaml: 1 camera, 1 trigger, 1 name that nobody has, 1 warning\n');
  });

  it('runs cameras and page, reads its file again when it changes and on SIGHUP, and ends on Ctrl-C', async (context) => {
    needs(context, 'ffmpeg');
    const folder = await photoFolder({});
    const film = join(folder, 'film.mp4');
    const cut = ['-i', media('cap13_edit2.mp4'), '-t', '3', '-vf', 'fps=10', '-an', film];
    expect(spawnSync('ffmpeg', ['-loglevel', 'error', '-nostdin', ...cut]).status).toBe(0);
    await using camera = await filmCamera(film);
    const config = join(folder, 'home.yaml');
    const write = (more: string) =>
      writeFileSync(
        config,
        `cameras: { door: { url: "${camera.url}" }${more} }\nserver: { port: 0 }\nrecognition: { maxDistance: 0.5 }\n`,
      );
    write('');
    // As the page keeps it: what was changed there goes before the file.
    writeFileSync(
      join(folder, 'face-trigger-settings.json'),
      JSON.stringify({ version: 1, maxDistance: 0.375 }),
    );
    let said = '';
    const heard = (text: string) => expect.poll(() => said).toContain(text);
    const done = runCli(['run', config, '--json'], {
      onStart: (child) => {
        child.stderr!.on('data', (text: string) => {
          said += text;
        });
        const steps = async () => {
          await heard('the page is at http://127.0.0.1:');
          const [url] = /http:\/\/127\.0\.0\.1:\d+/.exec(said)!;
          await expect
            .poll(async () => JSON.stringify(await (await fetch(`${url}/api/v1/cameras`)).json()))
            .toContain('"up"');
          write(`, yard: { url: "${camera.url}", place: garden }`);
          await heard('new cameras: yard');
          writeFileSync(config, 'cameras: [');
          await heard('cannot be used, so all goes on as before');
          write('');
          await heard('cameras that are watched no more: yard');
          if (process.platform !== 'win32') {
            write(', roof: { url: film.mp4 }');
            child.kill('SIGHUP');
            await heard('new cameras: roof');
          }
        };
        void steps().then(
          () => child.kill('SIGINT'),
          (error: unknown) => {
            said += String(error);
            child.kill('SIGKILL');
          },
        );
      },
    });
    const run = await done;
    expect(run.status, said).toBe(130);
    expect(said).not.toContain('reading failed');
    const events = jsonLines<WatchEvent>(run);
    const stranger = events.find(({ type }) => type === 'stranger.appeared');
    expect(stranger).toMatchObject({ source: 'door', why: { maxDistance: 0.375 } });
    const door = events.filter(({ source }) => source === 'door').map(({ type }) => type);
    expect(door).toContain('stranger.appeared');
    expect(door).not.toContain('source.lost');
  });

  it('ends where it is when Ctrl-C comes while it opens its parts: no camera is opened, and no page', async (context) => {
    needs(context, 'ffmpeg');
    const folder = await photoFolder({});
    const film = join(folder, 'film.mp4');
    const cut = ['-i', media('cap13_edit2.mp4'), '-t', '1', '-an', film];
    expect(spawnSync('ffmpeg', ['-loglevel', 'error', '-nostdin', ...cut]).status).toBe(0);
    writeFileSync(
      join(folder, 'home.yaml'),
      'gallery: people.db\ncameras: { door: { url: film.mp4 } }\nserver: { port: 0 }\n',
    );
    const run = await runCli(['run', 'home.yaml', '--json'], {
      cwd: folder,
      interrupt: { at: 'file', path: join(folder, 'people.db') },
    });
    expect(run.status, run.stderr).toBe(130);
    expect(run.stdout).toBe('');
    expect(run.stderr).not.toContain('the page is at');
  });
});

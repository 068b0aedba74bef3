import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, expect, it } from 'vitest';
import { readHomeConfig } from '../../src/home/config/read-home-config.ts';
import { Home } from '../../src/home/home.ts';
import type { PresenceEvent, WatchEvent } from '../../src/watch/watch-event.ts';
import { describeWithProgram, ffmpeg, media, temporaryFolder } from '../watch/ffmpeg-tools.ts';
import { filmCamera } from './film-camera.ts';

describeWithProgram('ffmpeg', 'Home', () => {
  const folder = temporaryFolder();
  const film = join(folder, 'door.mp4');
  const empty = join(folder, 'empty.mp4');
  const open: AsyncDisposable[] = [];
  const path = join(folder, 'home.yaml');

  beforeAll(() => {
    ffmpeg('-i', media('cap13_edit2.mp4'), '-t', '3', '-vf', 'fps=10', '-an', film);
    ffmpeg('-f', 'lavfi', '-i', 'color=gray:size=320x240:rate=10', '-t', '2', empty);
  });
  afterEach(async () => {
    for (const part of open.splice(0).reverse()) await part[Symbol.asyncDispose]();
  });

  async function start(text: string) {
    writeFileSync(path, text);
    const lines: string[] = [];
    const log: string[] = [];
    const config = await readHomeConfig(path);
    const home = await Home.open(config, {
      log: (line) => log.push(line),
      write: (line) => lines.push(line),
    });
    open.push(home);
    const events: WatchEvent[] = [];
    home.subscribe((event) => events.push(event));
    const reload = async (next: string) => {
      writeFileSync(path, next);
      return home.reload(await readHomeConfig(path));
    };
    return { home, events, log, lines, reload };
  }

  const of = (events: readonly WatchEvent[], source: string) =>
    events.filter((event) => event.source === source && !('visit' in event)).map(({ type }) => type);

  it('watches several cameras with one gallery, and tells triggers of all of them', async () => {
    const { home, events, lines } = await start(`
gallery: two.db
cameras:
  door: { url: door.mp4, place: house, zones: { left: { polygon: [[0, 0], [0.5, 0], [0.5, 1], [0, 1]] } } }
  yard: { url: ${film}, place: garden }
  roof: { url: ${empty} }
server: false
triggers: [{ when: { source: yard }, do: { type: stdout } }]
`);
    await home.ended();
    for (const camera of ['door', 'yard']) {
      expect(of(events, camera)).toEqual(['face.appeared', 'stranger.appeared', 'face.left']);
    }
    expect(of(events, 'roof')).toEqual([]);
    // One man, whom two places see: each has a visit of his.
    const arrived = events.filter((event): event is PresenceEvent => event.type === 'presence.arrived');
    expect(arrived.map(({ place }) => place).sort()).toEqual(['garden', 'house']);
    expect(new Set(arrived.map((event) => 'stranger' in event && event.stranger)).size).toBe(1);
    expect(home.presence.current().length).toBeGreaterThan(0);
    expect(events.find(({ source }) => source === 'door')).toMatchObject({ place: 'house', zones: [] });
    expect(lines.map((line) => (JSON.parse(line) as WatchEvent).type)).toEqual(['stranger.appeared']);
    expect(home.cameras.map(({ status }) => [status.name, status.state])).toEqual([
      ['door', 'ended'],
      ['yard', 'ended'],
      ['roof', 'ended'],
    ]);
  });

  it('knows after a restart who was there', async () => {
    const text = (cameras: string) => `gallery: there.db\ncameras: { ${cameras} }\nserver: false\n`;
    const first = await start(text('door: { url: door.mp4 }'));
    await first.home.ended();
    const [before] = first.home.presence.current();
    expect(before).toMatchObject({ place: 'home', camera: 'door' });
    await open.pop()![Symbol.asyncDispose]();
    const next = await start(text(`roof: { url: ${empty} }`));
    const { id, stranger, since } = before!;
    expect(next.home.presence.current()).toMatchObject([{ id, stranger, since, camera: 'door' }]);
  });

  it('goes on with all others when a camera is broken, tells that, and opens it again', async () => {
    const { home, events } = await start(`
gallery: broken.db
cameras: { gone: { url: gone.mp4 }, door: { url: door.mp4 } }
server: false
`);
    await expect.poll(() => of(events, 'gone')).toEqual(['source.lost']);
    await expect.poll(() => of(events, 'door')).toContain('face.left');
    expect(home.cameras[0]!.status).toMatchObject({
      state: 'lost',
      reason: expect.stringContaining('There is no'),
    });
    copyFileSync(film, join(folder, 'gone.mp4'));
    await home.ended();
    expect(of(events, 'gone')).toEqual([
      'source.lost',
      'source.back',
      'face.appeared',
      'stranger.appeared',
      'face.left',
    ]);
  });

  it('reloads what changed and leaves alone what did not', async () => {
    const live = await filmCamera(film);
    open.push(live);
    const text = (more: string) => `
gallery: reload.db
cameras:
  door: { url: "${live.url}" }
  ${more}
server: false
`;
    const { home, events, reload } = await start(text('old: { url: door.mp4 }'));
    await expect.poll(() => of(events, 'door')).toContain('stranger.appeared');
    const count = of(events, 'door').filter((type) => type === 'face.appeared').length;
    const before = home.cameras[0];
    expect(await reload(text('new: { url: door.mp4, place: garden }'))).toEqual([
      'new cameras: new',
      'cameras that are watched no more: old',
    ]);
    expect(home.cameras[0]).toBe(before);
    expect(of(events, 'door').slice(count)).not.toContain('source.lost');
    await expect.poll(() => of(events, 'new')).toContain('face.appeared');
    expect(await reload(text('new: { url: door.mp4, place: house }'))).toEqual(['cameras opened anew: new']);
    expect(await reload(text('new: { url: door.mp4, place: house }'))).toEqual([]);
    await expect(reload('cameras: { door: { } }')).rejects.toMatchObject({ code: 'ERR_FILE_FORMAT' });
    expect(home.cameras[0]).toBe(before);
    expect(home.cameras[0]!.status.state).toBe('up');
    // A camera that is taken out of the configuration has its faces leave.
    await reload('gallery: reload.db\nserver: false');
    expect(of(events, 'door').at(-1)).toBe('face.left');
    expect(home.cameras).toEqual([]);
  });
});

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { checkHomeConfig } from '../../../src/home/config/check-home-config.ts';
import { readHomeConfig } from '../../../src/home/config/read-home-config.ts';

const folder = mkdtempSync(join(tmpdir(), 'face-trigger-home-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function write(text: string, name = 'home.yaml'): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

async function mistakes(text: string): Promise<string[]> {
  const path = write(text);
  const error = await readHomeConfig(path).then(
    () => new Error('nothing is wrong with it'),
    (reason: Error) => reason,
  );
  return error.message.split('\n').map((line) => line.replace(path, 'home.yaml'));
}

describe('readHomeConfig', () => {
  it('fills in what a short file leaves out, and finds files beside it', async () => {
    const config = await readHomeConfig(write('cameras: { door: { url: "rtsp://10.0.0.5/live" } }'));
    expect(config).toMatchObject({
      gallery: join(folder, 'gallery.db'),
      cameras: { door: { url: 'rtsp://10.0.0.5/live', place: 'home', zones: {}, masks: [], motion: true } },
      triggers: null,
      server: { host: '127.0.0.1', port: 8000, keys: join(folder, 'face-trigger-keys.json') },
    });
    expect((await readHomeConfig(write('server: false'))).server).toBeNull();
  });

  it('takes triggers as they stand in a triggers file, or the path of one', async () => {
    const own = await readHomeConfig(write('timeZone: Europe/Paris\ntriggers: [{ do: { type: stdout } }]'));
    expect(own.triggers).toMatchObject({
      timeZone: 'Europe/Paris',
      triggers: [{ do: [{ type: 'stdout' }] }],
    });
    write('triggers: [{ do: { type: stdout } }, { do: { type: stdout } }]', 'triggers.yaml');
    const copying =
      'triggers: [{ do: [{ type: snapshot, folder: copies }, { type: snapshot, folder: /var/copies }] }]';
    const elsewhere = await readHomeConfig(write(copying));
    expect(elsewhere.triggers?.triggers[0]?.do).toMatchObject([
      { folder: join(folder, 'copies') },
      { folder: resolve('/var/copies') },
    ]);
    mkdirSync(join(folder, 'more'), { recursive: true });
    write(copying, 'more/triggers.yaml');
    const beside = await readHomeConfig(write('triggers: more/triggers.yaml'));
    expect(beside.triggers?.triggers[0]?.do).toMatchObject([{ folder: join(folder, 'more', 'copies') }, {}]);
    const other = await readHomeConfig(write('triggers: triggers.yaml'));
    expect(other.triggers?.triggers).toHaveLength(2);
    expect(other.triggersPath).toBe(join(folder, 'triggers.yaml'));
  });

  it('takes whom it tells with a broker, as true or with settings, and the password from a variable', async () => {
    vi.stubEnv('BROKER_PASSWORD', 'p4ss');
    const text = `
mqtt: { url: "mqtt://broker.lan", username: home, password: "env:BROKER_PASSWORD" }
homeAssistant: true
frigate: { url: "http://10.0.0.3:5000", cameras: [front_door] }
doubleTake: false
`;
    const config = await readHomeConfig(write(text));
    expect(config).toMatchObject({
      mqtt: { url: 'mqtt://broker.lan', username: 'home', password: 'p4ss' },
      homeAssistant: { name: 'home', prefix: 'face-trigger', discoveryPrefix: 'homeassistant' },
      frigate: { topic: 'frigate/events', place: 'home', subLabels: true },
      presence: { leaveAfterSeconds: 300 },
    });
    expect(config.doubleTake).toBeUndefined();
    expect(await checkHomeConfig(config)).toEqual([]);
    const without = await readHomeConfig(write(`${text}keep: { pictureDays: 0 }\n`));
    expect(await checkHomeConfig(without)).toEqual([
      {
        fatal: false,
        message:
          'homeAssistant: there are no pictures to tell: keep.pictureDays is 0, and there is no folder for snapshots',
      },
    ]);
    expect(await checkHomeConfig({ ...without, snapshots: folder })).toEqual([]);
    vi.unstubAllEnvs();
  });

  it.each([
    ['homeAssistant: true', /1:16: homeAssistant: Expected mqtt, the broker that it uses/],
    ['frigate: { url: "http://x" }', /frigate: Expected mqtt/],
    ['mqtt: { url: "http://x" }', /mqtt\.url: Expected an address such as mqtt:\/\/broker\.lan/],
    ['mqtt: { url: "mqtt://x" }\nfrigate: { url: "ftp://x" }', /frigate\.url/],
    ['mqtt: { url: "mqtt://x" }\nhomeAssistant: { prefix: "a/#" }', /without # and \+/],
    ['presence: { leaveAfterSeconds: 0 }', /presence\.leaveAfterSeconds/],
  ])('refuses %s', async (text, message) => {
    expect((await mistakes(text)).join('\n')).toMatch(message);
  });

  it('names line and place of each mistake', async () => {
    const text = [
      'cameras:',
      '  door:',
      '    url: rtsp://10.0.0.5/live',
      '    zone: { porch: { polygon: [[0, 0], [1, 0], [1, 1]] } }',
      '  yard:',
      '    zones: { lawn: { polygon: [[0, 0], [1280, 0], [1, 1]] } }',
      '    masks: [[[0, 0], [1, 1]]]',
      '  "a/b": { url: x }',
      '  same: { url: x, detectUrl: x }',
      'server: { port: 99999 }',
      'triggers: [{ do: { type: fly } }]',
    ].join('\n');
    const lines = await mistakes(text);
    const places = lines.map((line) => /^home\.yaml:(\d+):\d+: ([^:]*)/.exec(line)?.slice(1).join(' '));
    expect(places).toEqual(
      expect.arrayContaining([
        '3 cameras.door',
        '6 cameras.yard.url',
        '6 cameras.yard.zones.lawn.polygon[1][0]',
        '7 cameras.yard.masks[0]',
        '8 cameras.a/b',
        '9 cameras.same.detectUrl',
        '10 server.port',
        '11 triggers[0].do.type',
      ]),
    );
    expect(lines.every((line) => /^home\.yaml:\d+:\d+: /.test(line))).toBe(true);
  });

  it('takes secrets from variables, and says which one is missing', async () => {
    vi.stubEnv('HOME_TEST_GALLERY', 'postgres://ada:secret@10.0.0.5/faces?gallery=home');
    const text = 'gallery: env:HOME_TEST_GALLERY';
    expect((await readHomeConfig(write(text))).gallery).toContain('postgres://');
    vi.unstubAllEnvs();
    expect(await mistakes(text)).toEqual(['The variable HOME_TEST_GALLERY, which holds gallery, is not set']);
  });

  it('refuses cameras that could not be told from each other, and a sign-in that Frigate would never get', async () => {
    const text = `
cameras:
  Door: { url: "rtsp://10.0.0.5/live" }
  door: { url: "rtsp://10.0.0.6/live" }
mqtt: { url: "mqtt://broker.lan" }
frigate: { url: "http://home:hunter2@frigate.lan:5000", cameras: [yard, DOOR, Yard] }
`;
    const lines = await mistakes(text);
    expect(lines.filter((line) => line.includes('no other camera has'))).toHaveLength(3);
    expect(lines.join('\n')).toContain(
      'cameras.door: Expected a name that no other camera has; there is Door',
    );
    expect(lines.join('\n')).toContain('frigate.url: Expected an address without user name and password');
    expect(lines.join('\n')).not.toContain('hunter2');
  });

  it('takes the address of a broker from a variable, checks it, and does not repeat it', async () => {
    const text = 'mqtt: { url: "env:HOME_TEST_BROKER" }';
    vi.stubEnv('HOME_TEST_BROKER', 'http://home:hunter2@broker.lan');
    try {
      const [message] = await mistakes(text);
      expect(message).toBe(
        'The variable HOME_TEST_BROKER, which holds mqtt.url, is no address such as mqtt://broker.lan',
      );
      vi.stubEnv('HOME_TEST_BROKER', 'mqtts://broker.lan');
      expect((await readHomeConfig(write(text))).mqtt!.url).toBe('mqtts://broker.lan');
    } finally {
      vi.unstubAllEnvs();
    }
  });

  it('finds what this machine lacks, without opening a camera', async () => {
    const text = [
      'cameras:',
      '  door: { url: env:HOME_TEST_CAMERA }',
      '  yard: { url: nowhere.mp4 }',
      '  roof: { url: "ftp://10.0.0.5/x" }',
      'triggers: [{ do: { type: command, command: [no-such-program-here] } }]',
    ].join('\n');
    const findings = await checkHomeConfig(await readHomeConfig(write(text)));
    expect(findings.map(({ fatal, message }) => `${fatal} ${message.slice(0, 60)}`)).toEqual([
      'false cameras.door.url: The variable HOME_TEST_CAMERA is not set',
      expect.stringMatching(/^true cameras\.yard\.url: There is no file or folder /),
      expect.stringMatching(/^true cameras\.roof\.url: Expected an address that starts with/),
      expect.stringMatching(/^true triggers\[0\]\.do\[0\]\.command: There is no program/),
    ]);
  });
});

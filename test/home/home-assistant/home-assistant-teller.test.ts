import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { namesState } from '../../../src/home/home-assistant/camera-faces.ts';
import type { KnownPerson } from '../../../src/home/home-assistant/discovery-entities.ts';
import {
  HomeAssistantTeller,
  type HomeAssistantTellerOptions,
} from '../../../src/home/home-assistant/home-assistant-teller.ts';
import { Presence } from '../../../src/home/presence/presence.ts';
import type { FaceEvent, WatchEvent } from '../../../src/watch/watch-event.ts';
import { hasNoBroker, realBroker } from '../../real-broker.ts';
import { sampleEvent } from '../../watch/triggers/sample-events.ts';
import { DISCOVERY_SCHEMAS, DISCOVERY_TOPIC } from './discovery-facts.ts';
import { exampleAutomation } from './example-automation.ts';

describe('namesState', () => {
  it('says nobody, everybody, or how many more than a state can hold', () => {
    expect(namesState([])).toBe('nobody');
    expect(namesState(['Ann', 'stranger 3'])).toBe('Ann, stranger 3');
    const many = Array.from({ length: 100 }, (_, i) => `Person ${i}`);
    expect(namesState(many).length).toBeLessThanOrEqual(255);
    expect(namesState(many)).toMatch(/^Person 0, .* and \d+ more$/);
    expect(namesState(['x'.repeat(400)]).length).toBeLessThanOrEqual(255);
  });
});

describe.skipIf(hasNoBroker('HomeAssistantTeller'))('HomeAssistantTeller with a real mosquitto', () => {
  const broker = realBroker();
  const open = new Set<HomeAssistantTeller>();
  const log: string[] = [];
  let people: KnownPerson[];
  let presence: Presence;

  beforeAll(() => broker.start());
  afterEach(async () => {
    for (const teller of open) await teller.forget();
    open.clear();
  });
  afterAll(() => broker.stop());

  async function start(
    more: Partial<HomeAssistantTellerOptions> = {},
    known: KnownPerson[] = [{ label: 'Ann', personId: 'p1' }],
  ) {
    people = known;
    presence = new Presence();
    const teller = await HomeAssistantTeller.open({
      ...broker.account,
      url: broker.url,
      prefix: 'ft',
      cameras: ['door', 'Back yard'],
      people: () => Promise.resolve(people),
      presence,
      since: 0,
      version: '1.2.3',
      pageUrl: 'http://10.0.0.2:8080',
      log: (message) => log.push(message),
      ...more,
    });
    open.add(teller);
    const live = await broker.listen();
    await expect.poll(() => live.last(`${more.prefix ?? 'ft'}/run/home/status`)).toBe('online');
    /** As a home does: the event, then what follows from it. */
    const happen = async (event: WatchEvent) => {
      const told = presence.handle(event);
      for (const one of [event, ...told]) await teller.handle(one);
    };
    return { teller, live, happen };
  }

  const face = ({ source = 'door', track = 1, ...fields }: Partial<FaceEvent> = {}) =>
    sampleEvent({ source, track, personId: 'p1', appearance: `${source}-${track}`, ...fields });

  it('announces home, cameras and people in messages that Home Assistant takes', async () => {
    const { live } = await start({}, [
      { label: 'Ann', personId: 'p1' },
      { label: '山田 太郎', personId: null },
    ]);
    await expect.poll(() => live.last('homeassistant/sensor/ft_home/camera_door_names/config')).toBeDefined();
    const configs = Object.entries(await broker.retained()).filter(([topic]) =>
      topic.startsWith('homeassistant/'),
    );
    const found = configs.map(([topic, payload]) => {
      const match = DISCOVERY_TOPIC.exec(topic);
      expect(match, topic).not.toBeNull();
      const { component = '', object = '' } = match!.groups!;
      const config = JSON.parse(payload) as Record<string, unknown>;
      const result = DISCOVERY_SCHEMAS[component]!.safeParse(config);
      expect(result.error?.issues ?? [], `${topic} ${payload}`).toEqual([]);
      return { component, object, config };
    });
    const count = (component: string) => found.filter((one) => one.component === component).length;
    expect(
      ['binary_sensor', 'sensor', 'device_tracker', 'event', 'image', 'device_automation'].map(count),
      // Home 1 + people 2; home 1 + people 2 + cameras 2; people 2; home 1 + cameras 2; cameras 2; 2 + 2 * 3.
    ).toEqual([3, 5, 2, 3, 2, 8]);
    const ids = found.flatMap(({ config }) => (config['unique_id'] ? [config['unique_id']] : []));
    expect(new Set(ids).size).toBe(ids.length);
    // The combination of type and subtype is unique for a device (device_trigger.mqtt).
    const triggers = found.filter(({ component }) => component === 'device_automation');
    const kinds = triggers.map(({ config }) =>
      JSON.stringify([config['device'], config['type'], config['subtype']]),
    );
    expect(new Set(kinds).size).toBe(kinds.length);
    const devices = new Set(found.map(({ config }) => (config['device'] as { name: string }).name));
    expect(devices).toEqual(new Set(['face-trigger home', 'door', 'Back yard']));
    await live.client.endAsync();
  });

  it('publishes what the example automation of the guide goes by, and in its order', async () => {
    const { triggers, conditions, actions, entities } = exampleAutomation();
    // As in the guide's own file: a camera called door, and a home with the names that it has by itself.
    const { live, happen } = await start({
      ...{ prefix: 'face-trigger', cameras: ['door'] },
      picture: async () => Buffer.from([0xff, 0xd8, 0xff]),
    });
    const configs = () =>
      live.messages
        .filter(({ topic, payload }) => topic.startsWith('homeassistant/') && payload !== '')
        .map(({ payload }) => JSON.parse(payload) as Record<string, unknown>);
    const entity = (id: string) => configs().find(({ default_entity_id: own }) => own === id);
    await expect.poll(() => entities.filter((id) => entity(id) === undefined)).toEqual([]);
    expect(triggers).toMatchObject([{ trigger: 'state', entity_id: 'event.face_trigger_home_door_face' }]);
    const event = entity(triggers[0]!.entity_id)!;
    const image = entity(entities.find((id) => id.startsWith('image.'))!)!;
    await happen(face({ type: 'stranger.appeared', label: null, personId: null, stranger: 'stranger 3' }));
    await expect.poll(() => live.last(event['state_topic'] as string)).toBeDefined();
    const told = JSON.parse(live.last(event['state_topic'] as string)!) as Record<string, unknown>;
    // What the templates read, and what is compared.
    const texts = [...conditions, ...actions].map((part) => JSON.stringify(part)).join(' ');
    const attributes = [...texts.matchAll(/attributes\.(\w+)/g)].map(([, name]) => name!);
    expect(attributes.sort()).toEqual(['event_type', 'name', 'repeat']);
    const [, wanted] = /event_type == '(\w+)'/.exec(texts)!;
    expect(event['event_types']).toContain(wanted);
    expect(told).toMatchObject({ event_type: wanted, name: 'stranger 3' });
    const order = live.messages.map(({ topic }) => topic);
    expect(order.indexOf(image['image_topic'] as string)).toBeGreaterThan(-1);
    expect(order.indexOf(image['image_topic'] as string)).toBeLessThan(
      order.indexOf(event['state_topic'] as string),
    );
    await live.client.endAsync();
  });

  it('says who is home, where they were seen last, and who is before each camera', async () => {
    const { live, happen } = await start();
    const person = (what: string) => live.last(`ft/run/home/person/p1/${what}`);
    await expect.poll(() => person('presence')).toBe('OFF');
    await expect.poll(() => [person('location'), person('camera')]).toEqual(['not_home', 'None']);
    await expect.poll(() => live.last('ft/run/home/camera/door/names')).toBe('nobody');
    await happen(face());
    await expect.poll(() => live.last('ft/run/home/camera/door/names')).toBe('Ann');
    await expect.poll(() => person('camera')).toBe('door');
    await expect.poll(() => [person('presence'), person('location')]).toEqual(['ON', 'home']);
    expect(JSON.parse(person('attributes')!)).toMatchObject({ in_zones: ['zone.home'], places: ['home'] });
    await happen(
      face({ label: null, stranger: 'stranger 3', personId: null, type: 'stranger.appeared', track: 2 }),
    );
    await expect.poll(() => live.last('ft/run/home/people')).toBe('Ann, stranger 3');
    await happen(face({ type: 'face.left' }));
    await expect.poll(() => live.last('ft/run/home/camera/door/names')).toBe('stranger 3');
    expect(person('presence')).toBe('ON');
    await live.client.endAsync();
  });

  it('tells events that the event entity takes, with the new picture before them, and device triggers', async () => {
    const jpeg = Buffer.from([0xff, 0xd8, 0xff, 0xe0, 1, 2, 3]);
    const { live, happen } = await start({ picture: () => Promise.resolve(jpeg) });
    await happen(face());
    await happen(face({ type: 'face.left', zones: ['step'] }));
    const topic = 'ft/run/home/camera/door';
    await expect.poll(() => live.all(`${topic}/event`).length).toBe(2);
    const told = live.all(`${topic}/event`);
    // Home Assistant passes retained events by.
    expect(told.map(({ retain }) => retain)).toEqual([false, false]);
    expect(told.map(({ payload }) => JSON.parse(payload))).toMatchObject([
      { event_type: 'recognized', name: 'Ann', known: true, person_id: 'p1', camera: 'door' },
      { event_type: 'left', zones: ['step'] },
    ]);
    await expect
      .poll(() => live.all(`${topic}/trigger`).map(({ payload }) => payload))
      .toEqual(['recognized', 'left']);
    const pictures = live.all(`${topic}/picture`).filter(({ bytes }) => bytes.length > 0);
    expect(pictures.map(({ bytes }) => bytes)).toEqual([jpeg]);
    expect(live.messages.indexOf(pictures[0]!)).toBeLessThan(live.messages.indexOf(told[0]!));
    await expect.poll(() => live.all('ft/run/home/event').length).toBe(1);
    expect(JSON.parse(live.last('ft/run/home/event')!)).toMatchObject({ event_type: 'arrived', name: 'Ann' });
    await live.client.endAsync();
  });

  it('tells nothing of people on the ignore list', async () => {
    const { live, happen } = await start();
    await happen(face({ ignored: true }));
    await happen(face({ label: 'Bob', personId: 'p2', track: 2, source: 'Back yard' }));
    await expect.poll(() => live.last('ft/run/home/people')).toBe('Bob');
    expect(live.last('ft/run/home/camera/door/names')).toBe('nobody');
    expect(live.all('ft/run/home/camera/door/event')).toEqual([]);
    await expect.poll(() => live.all('ft/run/home/event').length).toBe(1);
    expect(JSON.parse(live.last('ft/run/home/event')!)).toMatchObject({ name: 'Bob' });
    await live.client.endAsync();
  });

  it('tells what an earlier process left untold, and shows nobody for it', async () => {
    const { live, happen } = await start({ since: Date.now() });
    await happen(face({ repeat: true }));
    await expect.poll(() => live.all('ft/run/home/camera/door/event').length).toBe(1);
    expect(JSON.parse(live.last('ft/run/home/camera/door/event')!)).toMatchObject({ repeat: true });
    expect(live.last('ft/run/home/camera/door/names')).toBe('nobody');
    await live.client.endAsync();
  });

  it('makes a camera that is lost unavailable, and says nobody is before it', async () => {
    const { live, happen } = await start();
    await happen(face());
    const { version, id, time, source, timeMs } = face();
    await happen({ version, id, time, source, timeMs, type: 'source.lost', reason: 'x', retryInMs: 1 });
    await expect.poll(() => live.last('ft/run/home/camera/door/status')).toBe('offline');
    await expect.poll(() => live.last('ft/run/home/camera/door/names')).toBe('nobody');
    await happen({ version, id, time, source, timeMs, type: 'source.back', downMs: 5 });
    await expect.poll(() => live.last('ft/run/home/camera/door/status')).toBe('online');
    await live.client.endAsync();
  });

  it('takes the entities of people away who are no more, and renames others, also after a restart', async () => {
    const mine = (kept: Record<string, string>, key: string) =>
      Object.keys(kept).filter(
        (topic) => topic.includes(`/person_${key}_`) || topic.includes(`/person/${key}/`),
      );
    const first = await start({}, [
      { label: 'Ann', personId: 'p1' },
      { label: 'Bob', personId: 'p2' },
      { label: 'Eve', personId: null },
    ]);
    await expect.poll(async () => mine(await broker.retained(), 'eve').length).toBe(7);
    people = [
      { label: 'Anna', personId: 'p1' },
      { label: 'Bob', personId: 'p2' },
    ];
    await first.teller.refresh();
    await expect.poll(async () => mine(await broker.retained(), 'eve')).toEqual([]);
    const config = 'homeassistant/binary_sensor/ft_home/person_p1_presence/config';
    expect(JSON.parse((await broker.retained())[config]!)).toMatchObject({
      name: 'Anna',
      unique_id: 'ft_home_person_p1_presence',
    });
    await first.teller.close();
    open.delete(first.teller);
    expect((await broker.retained())['ft/run/home/status']).toBe('offline');
    // Bob and a camera go while nobody is there to say so.
    const second = await start({ cameras: ['door'] }, [{ label: 'Anna', personId: 'p1' }]);
    await expect.poll(async () => mine(await broker.retained(), 'p2')).toEqual([]);
    await expect
      .poll(async () => Object.keys(await broker.retained()).filter((topic) => topic.includes('back-yard')))
      .toEqual([]);
    expect(mine(await broker.retained(), 'p1')).toHaveLength(7);
    // What was kept of the others stayed there all the time.
    expect(second.live.all(config).every(({ payload }) => payload !== '')).toBe(true);
    for (const { live } of [first, second]) await live.client.endAsync();
  });

  it('takes the picture of somebody away who is deleted, and leaves those of others', async () => {
    const known = [
      { label: 'Ann', personId: 'p1' },
      { label: 'Bob', personId: 'p2' },
    ];
    const jpeg = Buffer.from([0xff, 0xd8, 0xff, 0xe0, 1, 2, 3]);
    const { teller, live, happen } = await start({ picture: () => Promise.resolve(jpeg) }, known);
    const pictures = async () =>
      Object.keys(await broker.retained()).flatMap(
        (topic) => /camera\/(door|back-yard)[^/]*\/picture$/.exec(topic)?.[1] ?? [],
      );
    await happen(face());
    await happen(face({ label: 'Bob', personId: 'p2', source: 'Back yard', track: 2 }));
    await expect.poll(async () => (await pictures()).sort()).toEqual(['back-yard', 'door']);
    people = [{ label: 'Bobby', personId: 'p2' }];
    await teller.refresh();
    await expect.poll(pictures).toEqual(['back-yard']);
    await happen(
      face({ type: 'stranger.appeared', label: null, personId: null, stranger: 'stranger 3', track: 3 }),
    );
    await expect.poll(async () => (await pictures()).sort()).toEqual(['back-yard', 'door']);
    const stranger = presence.current().find(({ stranger }) => stranger !== null)!;
    const time = Date.parse(face().time);
    for (const told of presence.forget(stranger, { time })) await teller.handle(told);
    await expect.poll(pictures).toEqual(['back-yard']);
    await live.client.endAsync();
  });

  it('says all anew when Home Assistant starts, and what expires now and then', async () => {
    const { live } = await start({ refreshMs: 100 });
    const config = 'homeassistant/sensor/ft_home/people/config';
    const presence = 'ft/run/home/person/p1/presence';
    await expect.poll(() => live.last(config)).toBeDefined();
    // What is kept and what is said at the start may both come, before the first repetition.
    await expect.poll(() => live.all(presence).length).toBeGreaterThan(2);
    const before = live.all(config).length;
    const repeated = live.all(presence).length;
    await expect.poll(() => live.all(presence).length).toBeGreaterThan(repeated + 1);
    expect(live.all(config).length).toBe(before);
    await live.client.publishAsync('homeassistant/status', 'online', { qos: 1 });
    await expect.poll(() => live.all(config).length).toBeGreaterThan(before);
    await live.client.endAsync();
  });

  it('goes on when the broker was away, with what it should keep', async () => {
    const { live, happen } = await start();
    await live.client.endAsync();
    await broker.stop();
    await happen(face());
    await broker.start();
    await expect
      .poll(async () => (await broker.retained())['ft/run/home/camera/door/names'], { timeout: 10_000 })
      .toBe('Ann');
    expect((await broker.retained())['ft/run/home/person/p1/presence']).toBe('ON');
    expect(log.join('\n')).not.toMatch(/secret|ann:/);
  });

  it('is offline by its last will when its line is cut, and takes back what an old will says', async () => {
    const line = await wire(Number(new URL(broker.url).port));
    const { live } = await start({ url: `mqtt://127.0.0.1:${line.port}` });
    await live.client.publishAsync('ft/run/home/status', 'offline', { qos: 1, retain: true });
    await expect.poll(() => live.last('ft/run/home/status')).toBe('online');
    line.cut();
    await expect.poll(() => live.last('ft/run/home/status')).toBe('offline');
    await live.client.endAsync();
  });
});

/** A line to a port of this machine that can be cut. */
async function wire(to: number) {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    const other = connect(to, '127.0.0.1');
    for (const one of [socket, other]) one.on('error', () => undefined);
    socket.pipe(other).pipe(socket);
    sockets.push(socket, other);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const cut = () => {
    server.close();
    for (const socket of sockets) socket.destroy();
  };
  return { port: (server.address() as AddressInfo).port, cut };
}

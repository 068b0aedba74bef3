import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MqttPublisher, type MqttPublisherOptions } from '../../../src/watch/triggers/mqtt-publisher.ts';
import { topicName } from '../../../src/watch/triggers/mqtt-topics.ts';
import type { FaceEvent, WatchEvent } from '../../../src/watch/watch-event.ts';
import { hasNoBroker, realBroker } from '../../real-broker.ts';
import { sampleEvent } from './sample-events.ts';

describe('topicName', () => {
  it('keeps plain names, and keeps foreign ones apart', () => {
    expect(topicName('door')).toBe('door');
    expect(topicName('Front Door')).toMatch(/^front-door-[0-9a-f]{6}$/);
    expect(topicName('a/b')).not.toBe(topicName('a-b'));
    expect(topicName('山')).toMatch(/^[0-9a-f]{6}$/);
    expect(topicName('#+/')).toMatch(/^[0-9a-f]{6}$/);
  });
});

describe.skipIf(hasNoBroker('MqttPublisher'))('MqttPublisher with a real mosquitto', () => {
  const log: string[] = [];
  const broker = realBroker();
  const { account, listen, retained } = broker;
  let url: string;

  beforeAll(async () => {
    await broker.start();
    url = broker.url;
  });
  afterAll(() => broker.stop());

  const create = (more: Partial<MqttPublisherOptions> = {}) =>
    MqttPublisher.create({
      url,
      ...account,
      prefix: 'ft',
      source: 'door',
      homeAssistant: true,
      discoveryPrefix: 'homeassistant',
      log: (message) => log.push(message),
      ...more,
    });
  const both = { show: true, send: true };
  const quiet = { show: false, send: false };

  it('announces the sensor and says online at the start, before any event', async () => {
    const live = await listen();
    const publisher = await create();
    await expect.poll(() => live.last('ft/door/status')).toBe('online');
    expect(JSON.parse(live.last('homeassistant/sensor/ft_door/config')!)).toEqual({
      name: 'Person',
      unique_id: 'ft_door',
      default_entity_id: 'sensor.ft_door',
      state_topic: 'ft/door/person',
      value_template: "{{ value if value else 'None' }}",
      json_attributes_topic: 'ft/door/person/attributes',
      availability_topic: 'ft/door/status',
      payload_available: 'online',
      payload_not_available: 'offline',
      icon: 'mdi:face-recognition',
      device: { identifiers: ['ft_door'], name: 'face-trigger door', manufacturer: 'face-trigger' },
      origin: { name: 'face-trigger' },
    });
    await publisher.close(5000);
    await live.client.endAsync();
  });

  it('shows who is there, and nobody once they left, so that a second visit is a change', async () => {
    const live = await listen();
    const publisher = await create();
    const ann = sampleEvent({ source: 'door', track: 1 });
    const bob = sampleEvent({ source: 'door', track: 2, label: 'Bob' });
    const left = (event: typeof ann) => ({ ...event, type: 'face.left' as const });
    publisher.publish(ann, both);
    publisher.publish(bob, both);
    publisher.publish(left(bob), quiet);
    publisher.publish(left(ann), quiet);
    publisher.publish(ann, { show: true, send: false });
    const { version, id, time, source, timeMs } = ann;
    const base = { version, id, time, source, timeMs };
    const lost: WatchEvent = { ...base, type: 'source.lost', reason: 'x', retryInMs: 1 };
    publisher.publish(lost, quiet);
    publisher.publish(bob, both);
    await expect.poll(() => live.last('ft/door/person')).toBe('Bob');
    const states = live.all('ft/door/person').map(({ payload }) => payload);
    // The first is what the start says; messages that wait for the connection are merged.
    expect(states.at(-1)).toBe('Bob');
    await expect.poll(() => JSON.parse(live.last('ft/door/person/attributes')!)).toEqual(bob);
    await expect.poll(() => live.all('ft/door/event').length).toBe(3);
    for (const [event, state] of [
      [left(bob), ''],
      [ann, 'Ann'],
      // Who moves on, and fires nothing there, is still shown.
      [{ ...ann, type: 'face.moved' }, 'Ann'],
      [bob, 'Bob'],
      [left(bob), 'Ann'],
      [{ ...ann, type: 'person.changed', label: 'Eve' }, ''],
      [ann, 'Ann'],
      [lost, ''],
    ] as [WatchEvent, string][]) {
      const show = event.type !== 'face.moved' && (!('label' in event) || event.label !== 'Eve');
      publisher.publish(event, { show, send: false });
      await expect.poll(() => live.last('ft/door/person')).toBe(state);
    }
    publisher.publish(ann, both);
    await publisher.close(5000);
    await live.client.endAsync();
    const kept = await retained();
    expect(kept['ft/door/status']).toBe('offline');
    expect(kept['ft/door/person']).toBeUndefined();
    expect(kept['ft/door/person/attributes']).toBe('{}');
    expect(kept['ft/door/event']).toBeUndefined();
  });

  it('publishes the picture before its event, keeps it, and takes it back', async () => {
    const live = await listen();
    const publisher = await create({ source: 'pictured' });
    const picture = Buffer.from([0xff, 0xd8, 0x80]);
    publisher.publish(sampleEvent({ source: 'pictured' }), { ...both, picture });
    await expect.poll(() => live.all('ft/pictured/event').length).toBe(1);
    const [first] = live.all('ft/pictured/picture');
    expect(first!.bytes).toEqual(picture);
    expect(live.messages.indexOf(first!)).toBeLessThan(
      live.messages.findIndex(({ topic }) => topic === 'ft/pictured/event'),
    );
    await publisher.close(5000);
    expect((await retained())['ft/pictured/picture']).toBeDefined();
    await (await create({ source: 'pictured' })).forget(5000);
    expect((await retained())['ft/pictured/picture']).toBeUndefined();
    await live.client.endAsync();
  });

  it('says offline for its own source only, at its end and when it is killed', async () => {
    const garage = await create({ source: 'garage' });
    const front = await create({ source: 'front' });
    const live = await listen();
    await expect.poll(() => live.last('ft/front/status')).toBe('online');
    await expect.poll(() => live.last('ft/garage/status')).toBe('online');
    await garage.close(5000);
    await expect.poll(() => live.last('ft/garage/status')).toBe('offline');
    expect(live.last('ft/front/status')).toBe('online');
    expect((await retained())['ft/front/status']).toBe('online');
    await front.close(5000);
    await live.client.endAsync();
  });

  it('says online again when the end of another process of the same name said offline, and tells the clash', async () => {
    log.length = 0;
    const first = await create({ source: 'twin' });
    const second = await create({ source: 'twin' });
    const live = await listen();
    await expect.poll(() => log.filter((line) => line.includes('--name')).length).toBe(2);
    await first.close(5000);
    await expect
      .poll(() => live.all('ft/twin/status').some(({ payload }) => payload === 'offline'))
      .toBe(true);
    await expect.poll(() => live.last('ft/twin/status')).toBe('online');
    expect(log.filter((line) => line.includes('--name'))).toHaveLength(2);
    await second.close(5000);
    await live.client.endAsync();
  });

  it('says nothing of a clash to publishers of one process', async () => {
    log.length = 0;
    const pair = [
      await create({ source: 'one', instance: 'p' }),
      await create({ source: 'one', instance: 'p' }),
    ];
    const live = await listen();
    await expect.poll(() => live.all('ft/one/instance').length).toBeGreaterThanOrEqual(1);
    for (const publisher of pair) await publisher.close(5000);
    expect(log).toEqual([]);
    await live.client.endAsync();
  });

  it('announces itself anew when Home Assistant has started', async () => {
    const live = await listen();
    const publisher = await create();
    publisher.publish(sampleEvent({ source: 'door' }), both);
    await expect.poll(() => live.all('ft/door/instance').length).toBe(1);
    await expect.poll(() => live.last('ft/door/person')).toBe('Ann');
    const before = live.all('homeassistant/sensor/ft_door/config').length;
    await live.client.publishAsync('homeassistant/status', 'online', { qos: 1 });
    await expect.poll(() => live.all('homeassistant/sensor/ft_door/config').length).toBeGreaterThan(before);
    expect(live.last('ft/door/person')).toBe('Ann');
    await publisher.close(5000);
    await live.client.endAsync();
  });

  it('keeps a bounded number of events while the broker is away, and says how many it dropped', async () => {
    await broker.stop();
    log.length = 0;
    const publisher = await create({ prefix: 'away', capacity: 3 });
    for (let track = 1; track <= 8; track++) {
      publisher.publish(sampleEvent({ source: 'door', track, label: `P${track}` }), both);
    }
    expect(log.filter((line) => line.includes('queue is full'))).toHaveLength(1);
    await broker.start();
    const live = await listen();
    await expect.poll(() => live.last('away/door/person'), { timeout: 15_000 }).toBe('P8');
    await expect.poll(() => log.some((line) => line.includes('5 events were dropped'))).toBe(true);
    const tracks = live.all('away/door/event').map(({ payload }) => (JSON.parse(payload) as FaceEvent).track);
    // Those that came before this listener did are not told again.
    expect([6, 7, 8]).toEqual(expect.arrayContaining(tracks));
    await publisher.close(5000);
    await live.client.endAsync();
  });

  it('takes everything back that the broker keeps', async () => {
    const publisher = await create({ source: 'old' });
    publisher.publish(sampleEvent({ source: 'old' }), both);
    await publisher.close(5000);
    expect(Object.keys(await retained()).some((topic) => topic.includes('old'))).toBe(true);
    expect(await (await create({ source: 'old' })).forget(5000)).toBe(true);
    expect(Object.keys(await retained()).filter((topic) => topic.includes('old'))).toEqual([]);
  });

  it('says that the broker refuses it, without the password', async () => {
    log.length = 0;
    const publisher = await create({
      url: `mqtt://ann:wr0ng@127.0.0.1:${new URL(url).port}`,
      username: undefined,
      password: undefined,
    });
    await expect.poll(() => log.length, { timeout: 5000 }).toBeGreaterThan(0);
    expect(log.join('\n')).not.toMatch(/wr0ng|ann/);
    await publisher.close(100);
  });

  it('takes an address in capitals', async () => {
    const live = await listen();
    const publisher = await create({ url: url.toUpperCase(), source: 'caps' });
    await expect.poll(() => live.last('ft/caps/status')).toBe('online');
    await publisher.close(5000);
    await live.client.endAsync();
  });
});

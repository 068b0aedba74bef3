import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import mqtt from 'mqtt';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MqttPublisher, topicName } from '../../../src/watch/triggers/mqtt-publisher.ts';
import { temporaryFolder } from '../ffmpeg-tools.ts';
import { sampleEvent } from './sample-events.ts';

const MOSQUITTO = ['mosquitto', '/usr/sbin/mosquitto'].find(
  (name) => spawnSync(name, ['-h']).error === undefined,
);

describe('topicName', () => {
  it('keeps plain names, and keeps foreign ones apart', () => {
    expect(topicName('door')).toBe('door');
    expect(topicName('Front Door')).toMatch(/^front-door-[0-9a-f]{6}$/);
    expect(topicName('a/b')).not.toBe(topicName('a-b'));
    expect(topicName('山')).toMatch(/^[0-9a-f]{6}$/);
    expect(topicName('#+/')).toMatch(/^[0-9a-f]{6}$/);
  });
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

if (MOSQUITTO === undefined) {
  console.warn(
    'skipped: MqttPublisher: needs mosquitto (apt-get install mosquitto), which this machine does not have',
  );
}

describe.skipIf(MOSQUITTO === undefined)('MqttPublisher with a real mosquitto', () => {
  const folder = temporaryFolder();
  const log: string[] = [];
  let broker: ChildProcess;
  let url: string;
  let port: number;

  async function startBroker(): Promise<void> {
    const config = join(folder, 'mosquitto.conf');
    const passwords = join(folder, 'passwords');
    writeFileSync(passwords, 'ann:secret\n', { mode: 0o600 });
    spawnSync('mosquitto_passwd', ['-U', passwords]);
    // A broker started by root gives its rights away unless told otherwise, and could not read the folder then.
    writeFileSync(
      config,
      `user root\nlistener ${port} 127.0.0.1\nallow_anonymous false\npassword_file ${passwords}\n`,
    );
    broker = spawn(MOSQUITTO!, ['-c', config], { stdio: ['ignore', 'ignore', 'pipe'] });
    for await (const chunk of broker.stderr!) if (String(chunk).includes('running')) break;
  }

  beforeAll(async () => {
    port = await freePort();
    url = `mqtt://127.0.0.1:${port}`;
    await startBroker();
  });
  afterAll(async () => {
    broker.kill();
    if (broker.exitCode === null) await once(broker, 'close');
  });

  const account = { username: 'ann', password: 'secret' };

  async function listen() {
    const messages: { topic: string; payload: string; retain: boolean }[] = [];
    const client = await mqtt.connectAsync(url, account);
    client.on('message', (topic, payload, packet) => {
      messages.push({ topic, payload: payload.toString(), retain: packet.retain });
    });
    await client.subscribeAsync('#');
    return { messages, client };
  }

  const create = (more = {}) =>
    MqttPublisher.create({
      url,
      ...account,
      prefix: 'ft',
      homeAssistant: true,
      discoveryPrefix: 'homeassistant',
      log: (message) => log.push(message),
      ...more,
    });

  it('publishes events, the person, its state and an announcement for Home Assistant', async () => {
    const publisher = await create();
    const event = sampleEvent({ source: 'door' });
    publisher.publish(event);
    publisher.publish(sampleEvent({ source: 'door', type: 'face.left' }));
    await publisher.close(5000);
    // Retained messages are what somebody who comes later gets.
    const late = await listen();
    await expect.poll(() => late.messages.length).toBeGreaterThanOrEqual(4);
    const retained = Object.fromEntries(late.messages.map(({ topic, payload }) => [topic, payload]));
    expect(retained['ft/status']).toBe('offline');
    expect(retained['ft/door/person']).toBe('Ann');
    expect(JSON.parse(retained['ft/door/person/attributes']!)).toEqual(event);
    expect(JSON.parse(retained['homeassistant/sensor/face_trigger_door/config']!)).toMatchObject({
      state_topic: 'ft/door/person',
      availability_topic: 'ft/status',
      unique_id: 'face_trigger_door',
    });
    expect(retained['ft/door/event']).toBeUndefined();
    await late.client.endAsync();
  });

  it('tells a listener of each event as it happens', async () => {
    const live = await listen();
    const publisher = await create();
    publisher.publish(sampleEvent({ source: 'door' }));
    await expect.poll(() => live.messages.filter(({ topic }) => topic === 'ft/door/event').length).toBe(1);
    await expect
      .poll(() => live.messages.some((m) => m.topic === 'ft/status' && m.payload === 'online'))
      .toBe(true);
    await publisher.close(5000);
    await live.client.endAsync();
  });

  it('keeps what it could not send while the broker was away', async () => {
    broker.kill();
    await once(broker, 'close');
    const publisher = await create({ prefix: 'away' });
    publisher.publish(sampleEvent({ source: 'door' }));
    await startBroker();
    const late = await listen();
    await expect
      .poll(() => late.messages.some(({ topic }) => topic === 'away/door/person'), { timeout: 15_000 })
      .toBe(true);
    await publisher.close(5000);
    await late.client.endAsync();
  });

  it('says that the broker refuses it, without the password', async () => {
    log.length = 0;
    const publisher = await create({
      url: `mqtt://ann:wr0ng@127.0.0.1:${port}`,
      username: undefined,
      password: undefined,
    });
    await expect.poll(() => log.length, { timeout: 5000 }).toBeGreaterThan(0);
    expect(log.join('\n')).not.toContain('wr0ng');
    await publisher.close(100);
  });
});

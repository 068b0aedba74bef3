import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import mqtt, { type MqttClient } from 'mqtt';
import { expect } from 'vitest';
import { hasProgram } from './programs.ts';
import { temporaryFolder } from './watch/ffmpeg-tools.ts';

const MOSQUITTO = ['mosquitto', '/usr/sbin/mosquitto'].find(
  (name) => spawnSync(name, ['-h']).error === undefined && hasProgram('mosquitto_passwd'),
);

/** Whether there is no broker to test with, which is said. @param what - the tests that need it */
export function hasNoBroker(what: string): boolean {
  if (MOSQUITTO !== undefined) return false;
  console.warn(
    `skipped: ${what}: needs mosquitto (apt-get install mosquitto), which this machine does not have`,
  );
  return true;
}

/** A message that a listener got. */
export interface HeardMessage {
  readonly topic: string;
  readonly payload: string;
  readonly bytes: Buffer;
  readonly retain: boolean;
}

/** A mosquitto that asks for a password and keeps nothing when it ends. Start it before use, and stop it. */
export function realBroker() {
  const folder = temporaryFolder();
  const account = { username: 'ann', password: 'secret' };
  let broker: ChildProcess | undefined;
  let port = 0;

  async function listen(topics = '#') {
    const messages: HeardMessage[] = [];
    const client: MqttClient = await mqtt.connectAsync(`mqtt://127.0.0.1:${port}`, account);
    client.on('message', (topic, bytes, packet) => {
      messages.push({ topic, bytes, payload: bytes.toString(), retain: packet.retain });
    });
    await client.subscribeAsync(topics);
    const last = (topic: string) => messages.findLast((message) => message.topic === topic)?.payload;
    const all = (topic: string) => messages.filter((message) => message.topic === topic);
    return { messages, client, last, all };
  }

  return {
    account,
    get url() {
      return `mqtt://127.0.0.1:${port}`;
    },
    async start(): Promise<void> {
      port ||= await freePort();
      const config = join(folder, 'mosquitto.conf');
      const passwords = join(folder, 'passwords');
      writeFileSync(passwords, `${account.username}:${account.password}\n`, { mode: 0o600 });
      spawnSync('mosquitto_passwd', ['-U', passwords]);
      // A broker started by root gives its rights away unless told otherwise, and could not read the folder then.
      writeFileSync(
        config,
        `user root\nlistener ${port} 127.0.0.1\nallow_anonymous false\npassword_file ${passwords}\n`,
      );
      broker = spawn(MOSQUITTO!, ['-c', config], { stdio: ['ignore', 'ignore', 'pipe'] });
      for await (const chunk of broker.stderr!) if (String(chunk).includes('running')) break;
    },
    async stop(): Promise<void> {
      const ending = broker;
      broker = undefined;
      if (!ending) return;
      ending.kill();
      if (ending.exitCode === null) await once(ending, 'close');
    },
    listen,
    /** What somebody who comes now is told at once. */
    async retained(): Promise<Record<string, string>> {
      const late = await listen();
      // Retained messages come before one that is sent after the subscription.
      await late.client.publishAsync('marker', 'x', { qos: 1 });
      await expect.poll(() => late.all('marker').length).toBe(1);
      await late.client.endAsync();
      return Object.fromEntries(late.messages.map(({ topic, payload }) => [topic, payload]));
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

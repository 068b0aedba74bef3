import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { EventHub } from '../../src/server/event-hub.ts';
import { streamEvents } from '../../src/server/event-stream.ts';

/** A real server that streams a hub's events, and a client's raw connection to it. */
async function connectTo(hub: EventHub) {
  let close: () => void = () => undefined;
  let response: ServerResponse | undefined;
  const server = createServer((_request, raw) => {
    response = raw;
    raw.writeHead(200, { 'content-type': 'text/event-stream' });
    close = streamEvents(raw, hub);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
  onTestFinished(() => {
    client.destroy();
    server.close();
  });
  client.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  const [first] = (await once(client.setEncoding('utf8'), 'data')) as [string];
  expect(first).toContain('200 OK');
  return { client, server, raw: response!, close: () => close() };
}

const publish = (hub: EventHub, times: number): void => {
  for (let i = 0; i < times; i++)
    void hub.publish('person.changed', { personId: 'x', name: 'n'.repeat(1000) });
};

describe('a stream of events', () => {
  it('lets go of a client that does not read, before it fills the memory', async () => {
    const hub = new EventHub();
    const { client, raw } = await connectTo(hub);
    client.pause();
    const gone = once(raw, 'close');
    let most = 0;
    // Whatever the system's own buffers take, 64 MB are more.
    for (let i = 0; i < 640 && hub.listeners > 0; i++) {
      publish(hub, 100);
      most = Math.max(most, raw.writableLength);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await gone;
    expect(most).toBeLessThan(1_200_000);
    expect(hub.listeners).toBe(0);
  });

  it('ends though a client does not read, so that a server can stop', async () => {
    const hub = new EventHub();
    const { client, server, raw, close } = await connectTo(hub);
    client.pause();
    while (raw.writableLength < 500_000) {
      publish(hub, 100);
      await new Promise((resolve) => setImmediate(resolve));
    }
    close();
    expect(hub.listeners).toBe(0);
    server.close();
    await once(server, 'close');
  });

  it('gives a client that reads all events, in order', async () => {
    const hub = new EventHub();
    const { client, close } = await connectTo(hub);
    let text = '';
    client.on('data', (part: string) => {
      text += part;
    });
    for (let i = 0; i < 50; i++) {
      publish(hub, 20);
      await new Promise((resolve) => setImmediate(resolve));
    }
    const ended = once(client, 'end');
    close();
    client.end();
    await ended;
    const ids = [...text.matchAll(/^id: (\d+)$/gm)].map(([, id]) => Number(id));
    expect(ids).toEqual(Array.from({ length: 1000 }, (_, i) => i + 1));
  });
});

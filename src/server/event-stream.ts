import type { ServerResponse } from 'node:http';
import type { EventHub, ServerEvent } from './event-hub.ts';

/** Proxies and browsers close a connection on which nothing happens. */
const HEARTBEAT_MS = 15_000;
/** What a listener may leave unread, in bytes: some thousand events. */
const MAX_UNREAD = 1_000_000;
/** How long a listener has to read the rest when the server stops. */
const END_MS = 2000;

/**
 * Writes events to a client as they happen, in the format of server-sent events.
 *
 * @param raw - whose head is written
 * @param options.lastEventId - events after this one that are still kept come first
 * @returns ends the stream; call it too when the client goes away. Who reads too slowly is hung up on
 * @remarks Source of the format: HTML standard, section 9.2.
 */
export function streamEvents(
  raw: ServerResponse,
  events: EventHub,
  { lastEventId }: { readonly lastEventId?: number | undefined } = {},
): () => void {
  const send = (text: string): void => {
    raw.write(text);
    // Who does not read gets nothing more: the memory is not theirs to fill.
    // Behind another answer of its connection it has no socket of its own yet.
    if (raw.writableLength > MAX_UNREAD) raw.req.socket.destroy();
  };
  const sendEvent = ({ id, type, time, data }: ServerEvent): void =>
    send(`id: ${id}\nevent: ${type}\ndata: ${JSON.stringify({ time, ...data })}\n\n`);
  send(': connected\n\n');
  if (lastEventId !== undefined) for (const event of events.since(lastEventId)) sendEvent(event);
  const unsubscribe = events.subscribe(sendEvent);
  const heartbeat = setInterval(() => send(': alive\n\n'), HEARTBEAT_MS);
  const stop = (): void => {
    clearInterval(heartbeat);
    unsubscribe();
  };
  raw.on('close', stop);
  return () => {
    stop();
    raw.end();
    // Who does not read would never see the end, and keep a stopping server waiting for it.
    const { socket } = raw.req;
    if (socket.destroyed) return;
    const timer = setTimeout(() => socket.destroy(), END_MS);
    socket.once('close', () => clearTimeout(timer));
    raw.once('close', () => clearTimeout(timer));
  };
}

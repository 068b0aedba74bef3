import type { ServerResponse } from 'node:http';
import type { ServerEvent, ServerEvents } from './event-hub.ts';

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
  events: ServerEvents,
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
  // What happens while the past is read comes after it, and nothing twice: the past may reach beyond what was told live.
  let waiting: ServerEvent[] | null = [];
  let last = -1;
  const sendNew = (event: ServerEvent): void => {
    if (event.id <= last) return;
    last = event.id;
    sendEvent(event);
  };
  const unsubscribe = events.subscribe((event) => {
    if (waiting === null) sendNew(event);
    else waiting.push(event);
  });
  const replay = async (): Promise<void> => {
    try {
      for (const event of lastEventId === undefined ? [] : await events.since(lastEventId)) sendNew(event);
    } catch {
      // The client comes again with the number of the last event that it has.
      raw.destroy();
    }
    for (const event of waiting ?? []) sendNew(event);
    waiting = null;
  };
  void replay();
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

import type { ServerEvent as Published } from '../../../src/server/event-hub.ts';
import { ApiError } from './api-error.ts';
import type { HttpClient } from './http-client.ts';
import { parseEventStream } from './parse-event-stream.ts';

/** Something that happened on the server. */
export interface ServerEvent {
  readonly id: number;
  readonly type: Published['type'];
  readonly time: string;
  readonly name?: string | undefined;
  readonly personId?: string | undefined;
  readonly distance?: number | undefined;
  readonly probability?: number | undefined;
  /** Of events of a home: what a camera or the presence told. */
  readonly what?: string | undefined;
  readonly camera?: string | undefined;
  readonly place?: string | undefined;
  readonly stranger?: string | undefined;
  readonly reason?: string | undefined;
}

/** How the connection is. */
export type ConnectionState = 'connecting' | 'open' | 'waiting';

/** First pause before connecting again, and the longest. */
const RETRY_MS = { first: 500, most: 15_000 } as const;

/**
 * Follows the server's events until the signal ends, connecting again as often as needed. After each connection come
 * the events that the server still keeps, also those that came before.
 *
 * @remarks The browser's own EventSource can't send a key.
 */
export async function listenToEvents(
  http: HttpClient,
  options: {
    readonly signal: AbortSignal;
    readonly onEvent: (event: ServerEvent) => void;
    readonly onState: (state: ConnectionState, error: unknown) => void;
  },
): Promise<void> {
  const { signal, onEvent, onState } = options;
  let pauseMs: number = RETRY_MS.first;
  while (!signal.aborted) {
    let failure: unknown = null;
    try {
      onState('connecting', null);
      // The server repeats what it still keeps: what happened before, and while the connection was gone.
      const headers = { 'last-event-id': '0' };
      const response = await http.fetch('/events', { signal, headers });
      onState('open', null);
      for await (const { id, type, data } of parseEventStream(response.body!)) {
        pauseMs = RETRY_MS.first;
        const fields = JSON.parse(data) as Omit<ServerEvent, 'id' | 'type'>;
        onEvent({ ...fields, id: Number(id), type: type as ServerEvent['type'] });
      }
    } catch (error) {
      if (signal.aborted) return;
      failure = error;
      if (error instanceof ApiError && (error.status === 401 || error.status === 403)) {
        onState('waiting', error);
        return;
      }
    }
    if (signal.aborted) return;
    onState('waiting', failure);
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
    pauseMs = Math.min(RETRY_MS.most, pauseMs * 2);
  }
}

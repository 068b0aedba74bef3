import type { FastifyInstance } from 'fastify';
import { FaceTriggerError } from '../core/errors.ts';
import type { RequestLives } from './request-life.ts';

/** How often a stopping server hangs up on silent connections. */
export const HANG_UP_MS = 100;
/** How long a stopping server waits for requests that are still coming in, for their senders to read why, and for answers: systemd's unit allows 40 s. */
const DRAIN_MS = { unread: 5000, lingering: 2000, answers: 30_000 } as const;

/** Gives whoever is still being served while the server stops an end. */
export function drain(server: FastifyInstance, lives: RequestLives): Disposable {
  const stopping = new FaceTriggerError('ERR_UNAVAILABLE', 'The server is stopping; try again later');
  const timers = [
    // Connections that fall silent after their last answer would be kept open for their next request.
    setInterval(() => server.server.closeIdleConnections(), HANG_UP_MS),
    setTimeout(() => lives.cancel(stopping, (life) => !life.arrived), DRAIN_MS.unread),
    setTimeout(() => lives.endLingering(), DRAIN_MS.unread + DRAIN_MS.lingering),
    setTimeout(() => lives.cancel(stopping), DRAIN_MS.answers),
    setTimeout(() => server.server.closeAllConnections(), DRAIN_MS.answers + HANG_UP_MS),
  ];
  return {
    [Symbol.dispose]() {
      for (const timer of timers) clearTimeout(timer);
    },
  };
}

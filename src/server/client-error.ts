import type { Socket } from 'node:net';
import type { FaceTriggerErrorCode } from '../core/errors.ts';
import { HANG_UP_MS } from './drain.ts';
import type { RequestLives } from './request-life.ts';

/** Answers to what never becomes a request, by Node's code for it. */
const CLIENT_ERRORS: Readonly<
  Record<string, readonly [string, { code: FaceTriggerErrorCode; message: string }]>
> = {
  ERR_HTTP_REQUEST_TIMEOUT: [
    '408 Request Timeout',
    { code: 'ERR_TIMEOUT', message: 'The request did not come in within its time' },
  ],
  HPE_HEADER_OVERFLOW: [
    '431 Request Header Fields Too Large',
    { code: 'ERR_INVALID_ARGUMENT', message: 'The head of the request is too large' },
  ],
};

/** Answers what is no request, or did not come in within its time. */
export function answerClientError(
  { code }: { readonly code?: string | undefined },
  socket: Socket,
  lives: RequestLives,
): void {
  // Half an answer must not go on with another one.
  if (!socket.writable || code === 'ECONNRESET' || lives.isAnswering(socket)) {
    socket.destroy();
    return;
  }
  const [status, error] = CLIENT_ERRORS[code ?? ''] ?? [
    '400 Bad Request',
    { code: 'ERR_INVALID_ARGUMENT', message: 'This is no HTTP request' },
  ];
  const body = JSON.stringify({ error });
  const head = `HTTP/1.1 ${status}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}`;
  socket.end(`${head}\r\nConnection: close\r\n\r\n${body}`);
  // Whoever reads no answer, or goes on sending, is not waited for.
  setTimeout(() => socket.destroy(), HANG_UP_MS).unref();
}

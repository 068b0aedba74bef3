import type { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';

/** Longest time that the rest of a body is let in, unread, after its request was answered. */
const LINGER_MS = 30_000;
/** How long its sender may be silent meanwhile, at least. */
const SILENCE_MS = 5000;

/**
 * Lets a sender read an answer that came before its request was whole, such as 404 or 413: what is left of the body is
 * taken in unread for a while. Most clients write a whole request before they read, and a connection that is closed
 * meanwhile fails them with a broken pipe instead of the answer.
 */
export class Lingering {
  readonly #sockets = new Set<Socket>();

  /** Has a connection outlive the answer to a request that is not whole by then. */
  prepare(request: IncomingMessage, socket: Socket): void {
    // What Node calls behind a last answer ("Connection: close", HTTP/1.0).
    socket.destroySoon = () => {
      if (request.complete) Socket.prototype.destroySoon.call(socket);
      else socket.end();
    };
  }

  /** A request was answered: lingers for what is left of it. */
  begin(request: IncomingMessage, socket: Socket): void {
    if (request.complete || socket.destroyed) return;
    const until = performance.now() + LINGER_MS;
    let read = socket.bytesRead;
    const timer = setInterval(() => {
      if (request.complete && !socket.writableEnded) stop();
      else if (socket.bytesRead === read || performance.now() > until) socket.destroy();
      read = socket.bytesRead;
    }, SILENCE_MS);
    const stop = (): void => {
      clearInterval(timer);
      socket.off('close', stop);
      this.#sockets.delete(socket);
    };
    timer.unref();
    this.#sockets.add(socket);
    socket.once('close', stop);
    // Nothing more is answered on a connection whose last answer is written.
    request.once('end', () => {
      if (socket.writableEnded) socket.destroy();
      else stop();
    });
  }

  /** Hangs up on all that are still sending. */
  end(): void {
    for (const socket of this.#sockets) socket.destroy();
  }
}

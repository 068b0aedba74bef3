import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { FaceTriggerError } from '../core/errors.ts';
import { Lingering } from './lingering.ts';

declare module 'fastify' {
  interface FastifyRequest {
    life: RequestLife;
  }
}

/**
 * A request from its head to its end. Whatever it takes (places, subscriptions, work) is held here and given back
 * however it ends: answered, refused, hung up, reset, or behind another request of a connection that is gone.
 */
export class RequestLife {
  readonly #controller = new AbortController();
  readonly #releases = new Set<() => void>();
  readonly #reply: FastifyReply;
  #ended = false;
  #handled = false;

  constructor(reply: FastifyReply) {
    this.#reply = reply;
  }

  /** Aborted when the answer is no longer wanted; the reason is a FaceTriggerError. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** Whether the whole request has come in. */
  get arrived(): boolean {
    return this.#reply.request.raw.complete;
  }

  /**
   * Keeps something until the request ends.
   *
   * @param release - called once; at once where the request has ended meanwhile
   * @throws FaceTriggerError `ERR_ABORTED` where the request has ended
   */
  hold(release: () => void): void {
    if (this.#ended) {
      release();
      throw goneError();
    }
    this.#releases.add(release);
  }

  /** From here on the route's own handler answers, also when the life is canceled. @throws the signal's reason */
  handle(): void {
    this.signal.throwIfAborted();
    this.#handled = true;
  }

  /** Ends the work, which then answers with the reason; a body that is still coming is answered here. */
  cancel(reason: FaceTriggerError): void {
    if (this.#ended || this.signal.aborted) return;
    this.#controller.abort(reason);
    if (this.#handled || this.#reply.sent) return;
    void this.#reply.header('connection', 'close').send(reason);
  }

  /** The request is over. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    if (!this.#reply.raw.writableFinished && !this.signal.aborted) this.#controller.abort(goneError());
    for (const release of this.#releases) release();
    this.#releases.clear();
  }
}

/** The requests of a server that have not ended. */
export class RequestLives {
  readonly #open = new Set<RequestLife>();
  readonly #bySocket = new WeakMap<Socket, Set<RequestLife>>();
  readonly #lingering = new Lingering();

  /** How many there are. */
  get size(): number {
    return this.#open.size;
  }

  /** Begins a life, which ends with its answer or with its connection, whichever is first. */
  begin(reply: FastifyReply): RequestLife {
    const life = new RequestLife(reply);
    const { socket } = reply.request.raw;
    // The connection may be gone before its request is looked at; no event would tell of its end again.
    if (socket.destroyed) {
      life.end();
      return life;
    }
    const neighbors = this.#of(socket);
    neighbors.add(life);
    this.#open.add(life);
    life.hold(() => {
      neighbors.delete(life);
      this.#open.delete(life);
    });
    this.#lingering.prepare(reply.request.raw, socket);
    reply.raw.once('close', () => {
      life.end();
      this.#lingering.begin(reply.request.raw, socket);
    });
    return life;
  }

  /** Whether an answer is under way on a connection, so that nothing else may be written to it. */
  isAnswering(socket: Socket): boolean {
    return (
      (socket as Socket & { _httpMessage?: ServerResponse | null | undefined })._httpMessage?.headersSent ===
      true
    );
  }

  /** Cancels what is open. @param wanted - which */
  cancel(reason: FaceTriggerError, wanted: (life: RequestLife) => boolean = () => true): void {
    for (const life of [...this.#open]) if (wanted(life)) life.cancel(reason);
  }

  /** Hangs up on whoever was answered and is still sending. */
  endLingering(): void {
    this.#lingering.end();
  }

  // Of requests behind each other on one connection only the first is told of its end by its own answer.
  #of(socket: Socket): Set<RequestLife> {
    const known = this.#bySocket.get(socket);
    if (known) return known;
    const lives = new Set<RequestLife>();
    this.#bySocket.set(socket, lives);
    socket.once('close', () => {
      for (const life of [...lives]) life.end();
    });
    return lives;
  }
}

/** Gives every request a life; the first hook of a server, before anything is awaited. */
export function addRequestLives(server: FastifyInstance, lives: RequestLives): void {
  server.decorateRequest('life', null as unknown as RequestLife);
  server.addHook('onRequest', (request, reply, done) => {
    request.life = lives.begin(reply);
    done(request.life.ended ? goneError() : undefined);
  });
  server.addHook('preHandler', (request, _reply, done) => {
    request.life.handle();
    done();
  });
}

function goneError(): FaceTriggerError {
  return new FaceTriggerError('ERR_ABORTED', 'The client went away');
}

import limitRate from '@fastify/rate-limit';
import plugin from 'fastify-plugin';
import { FaceTriggerError } from '../../core/errors.ts';
import { AttemptCounter, type Attempts } from '../attempt-counter.ts';
import { ownerOf } from '../body-gate.ts';

/** What the limit works with. */
export interface RateLimitOptions {
  readonly requestsPerMinute: number;
  /** @defaultValue this server's own */
  readonly attempts?: Attempts | undefined;
}

/** Bounds how often one key, or one address where there is none, may ask. */
export const rateLimit = plugin<RateLimitOptions>(
  async (server, { requestsPerMinute, attempts = new AttemptCounter() }) => {
    await server.register(limitRate, {
      // After the key is known and before the body is read.
      hook: 'onRequest',
      max: requestsPerMinute,
      timeWindow: 60_000,
      keyGenerator: ownerOf,
      store: storeOver(attempts),
      errorResponseBuilder: (_request, { after }) =>
        new FaceTriggerError('ERR_TOO_MANY_REQUESTS', `Too many requests; try again in ${after}`),
    });
  },
);

type Store = NonNullable<limitRate.RateLimitPluginOptions['store']>;

/** The plugin makes its store itself, and one more for each route. */
function storeOver(attempts: Attempts): Store {
  return class {
    incr(
      who: string,
      done: (error: Error | null, state?: { readonly current: number; readonly ttl: number }) => void,
    ): void {
      Promise.resolve(attempts.add(who)).then(
        ({ count, leftMs }) => done(null, { current: count, ttl: Math.ceil(leftMs) }),
        done,
      );
    }

    child(): this {
      return this;
    }
  } as unknown as Store;
}

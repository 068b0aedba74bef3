import limitRate from '@fastify/rate-limit';
import plugin from 'fastify-plugin';
import { FaceTriggerError } from '../../core/errors.ts';
import { ownerOf } from '../body-gate.ts';

/** Bounds how often one key, or one address where there is none, may ask. */
export const rateLimit = plugin<{ readonly requestsPerMinute: number }>(
  async (server, { requestsPerMinute }) => {
    await server.register(limitRate, {
      // After the key is known and before the body is read.
      hook: 'onRequest',
      max: requestsPerMinute,
      timeWindow: 60_000,
      keyGenerator: ownerOf,
      errorResponseBuilder: (_request, { after }) =>
        new FaceTriggerError('ERR_TOO_MANY_REQUESTS', `Too many requests; try again in ${after}`),
    });
  },
);

import type { FastifyInstance } from 'fastify';
import { FaceTriggerError } from '../../errors.ts';
import { DEFAULT_CONFIDENCE } from '../../evaluate/intervals.ts';
import { evaluateGallery } from '../evaluate-gallery.ts';
import { EVALUATION, EVALUATION_QUERY } from '../page-schemas.ts';
import { ERROR } from '../schemas.ts';
import type { ServerContext } from '../server-context.ts';

/** An evaluation ends before the request's time does, however slow the machine is. */
const TIME_SHARE = 0.5;
const MOST_MS = 10_000;

/** Adds `/evaluation`. */
export function addEvaluationRoutes(server: FastifyInstance, context: ServerContext): void {
  const { gallery, limits, settings } = context;
  let running = false;
  server.get<{ Querystring: { readonly sample?: number } }>(
    '/evaluation',
    {
      schema: {
        summary: 'Say how right the gallery is about its own faces, at every threshold',
        tags: ['system'],
        querystring: EVALUATION_QUERY,
        response: { 200: EVALUATION, '4xx': ERROR },
      },
      config: { scope: 'read' },
    },
    async ({ query: { sample } }, reply) => {
      if (running) throw new FaceTriggerError('ERR_TOO_MANY_REQUESTS', 'An evaluation is under way already');
      running = true;
      const controller = new AbortController();
      const onClose = () => controller.abort();
      reply.raw.on('close', onClose);
      try {
        const { thresholds, ...result } = await evaluateGallery(gallery, {
          ...(sample && { sample }),
          timeLimitMs: Math.min(MOST_MS, limits.timeoutMs * TIME_SHARE),
          signal: controller.signal,
        });
        return {
          ...result,
          maxDistance: settings.values.maxDistance,
          confidence: DEFAULT_CONFIDENCE,
          thresholds: thresholds.map(({ maxDistance, fmr, fnmr }) => ({
            maxDistance,
            falseMatches: fmr,
            misses: fnmr,
          })),
        };
      } finally {
        reply.raw.off('close', onClose);
        running = false;
      }
    },
  );
}

import { DEFAULT_CONFIDENCE } from '../../evaluate/intervals.ts';
import { evaluateGallery } from '../../gallery/evaluate-gallery.ts';
import { ownerOf } from '../body-gate.ts';
import { Places } from '../places.ts';
import { EVALUATION, EVALUATION_QUERY } from '../schemas/system-schemas.ts';
import type { ServerContext } from '../server-context.ts';
import { type Api, FAILURES } from './api.ts';

/** An evaluation ends before the request's time does, however slow the machine is. */
const TIME_SHARE = 0.5;
const MOST_MS = 10_000;

/** Adds `/evaluation`. */
export function addEvaluationRoutes(api: Api, context: Pick<ServerContext, 'limits'>): void {
  const { limits } = context;
  const places = new Places({ what: 'evaluations', count: 1 });
  api.get(
    '/evaluation',
    {
      schema: {
        summary: 'Say how right the gallery is about its own faces, at every threshold',
        tags: ['system'],
        querystring: EVALUATION_QUERY,
        response: { 200: EVALUATION, ...FAILURES },
      },
      config: { scope: 'read' },
    },
    async (request) => {
      const { gallery, settings } = request.here;
      const { sample } = request.query;
      request.life.hold(places.take(ownerOf(request)));
      const { thresholds, ...result } = await evaluateGallery(gallery, {
        sample,
        timeLimitMs: Math.min(MOST_MS, limits.timeoutMs * TIME_SHARE),
        signal: request.life.signal,
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
    },
  );
}

import type { z } from 'zod';
import type { ServedVisit } from '../../../home/served-home.ts';
import { PRESENCE, type VISIT } from '../../schemas/home-schemas.ts';
import { type Api, FAILURES } from '../api.ts';
import { homeOf, partOf } from './home-of.ts';

/** People who left that are told. */
const MOST_GONE = 100;

/** Adds `/presence`. */
export function addPresenceRoutes(api: Api): void {
  const show = { summary: 'Say who is in each place, and who left', tags: ['cameras'] };
  api.get(
    '/presence',
    { schema: { ...show, response: { '2xx': PRESENCE, ...FAILURES } }, config: { scope: 'read' } },
    async (request) => {
      const presence = partOf(request, 'presence');
      const { cameras } = homeOf(request);
      const visits = presence.current().map(toAnswer);
      const places = new Set([...cameras.map(({ place }) => place), ...visits.map(({ place }) => place)]);
      return {
        places: [...places].map((place) => ({
          place,
          cameras: cameras.filter((camera) => camera.place === place).map(({ name }) => name),
          visits: visits.filter((visit) => visit.place === place),
        })),
        gone: presence.gone().slice(0, MOST_GONE).map(toAnswer),
      };
    },
  );
}

function toAnswer({ since, lastSeen, tracks, ...visit }: ServedVisit): z.output<typeof VISIT> {
  return {
    ...visit,
    inView: tracks.length > 0,
    since: new Date(since).toISOString(),
    lastSeen: new Date(lastSeen).toISOString(),
  };
}

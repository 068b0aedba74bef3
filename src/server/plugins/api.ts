import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import type { ModelPrecision } from '../../models/model-pack.ts';
import { addBodyGate, type BodyPlaces } from '../body-gate.ts';
import { addCompreFaceRoutes } from '../compreface/compreface-routes.ts';
import { OwnChallenges } from '../own-challenges.ts';
import { addDetectRoutes } from '../routes/detect-routes.ts';
import { addEnrollRoutes } from '../routes/enroll-routes.ts';
import { addEvaluationRoutes } from '../routes/evaluation-routes.ts';
import { addEventRoutes } from '../routes/event-routes.ts';
import { addExampleRoutes } from '../routes/example-routes.ts';
import { addExportRoutes } from '../routes/export-routes.ts';
import { addGalleryRoutes } from '../routes/gallery-routes.ts';
import { addHomeRoutes } from '../routes/home/home-routes.ts';
import { addJobRoutes } from '../routes/job-routes.ts';
import { addKeyRoutes } from '../routes/key-routes.ts';
import { addLivenessRoutes } from '../routes/liveness-routes.ts';
import { addPeopleRoutes } from '../routes/people-routes.ts';
import { addPhotosRoutes } from '../routes/photos/photos-routes.ts';
import { addRecognizeRoutes } from '../routes/recognize-routes.ts';
import { addSettingsRoutes } from '../routes/settings-routes.ts';
import { addSystemRoutes } from '../routes/system-routes.ts';
import type { ServedGalleries } from '../served-galleries.ts';
import type { ServerOptions } from '../server-options.ts';
import { SharedAttempts } from '../shared/shared-attempts.ts';
import { SharedChallenges } from '../shared/shared-challenges.ts';
import { authentication, MAX_WRONG_KEYS } from './authentication.ts';
import { rateLimit } from './rate-limit.ts';
import { validation } from './validation.ts';

/** What the routes work with. */
export interface ApiOptions {
  readonly galleries: ServedGalleries;
  readonly places: BodyPlaces;
  readonly options: ServerOptions & {
    readonly requestsPerMinute: number;
    readonly inBrowser: ModelPrecision | null;
  };
}

/** Everything that asks for keys: all routes but those of the page and of the documentation. */
export const api: FastifyPluginAsyncZod<ApiOptions> = async (server, { galleries, places, options }) => {
  const { version, requestsPerMinute, inBrowser, keys, firstKeys, host, allowedOrigins, shared } = options;
  const context = galleries.main;
  const keyStore = keys ?? firstKeys ?? null;
  const countOf = (what: string, limit: number) => shared && new SharedAttempts(shared, { what, limit });
  await server.register(authentication, {
    ...{ keys, firstKeys, host, allowedOrigins, galleries },
    wrongKeys: countOf('wrong key', MAX_WRONG_KEYS),
  });
  addBodyGate(server, context, places);
  await server.register(rateLimit, { requestsPerMinute, attempts: countOf('request', requestsPerMinute) });
  await server.register(validation);
  addDetectRoutes(server);
  addRecognizeRoutes(server);
  addLivenessRoutes(server, shared ? new SharedChallenges(shared) : new OwnChallenges());
  addPeopleRoutes(server);
  addExampleRoutes(server);
  addEnrollRoutes(server);
  addExportRoutes(server);
  addSystemRoutes(server, galleries, shared);
  addEventRoutes(server);
  addEvaluationRoutes(server, context);
  addJobRoutes(server);
  addHomeRoutes(server);
  addPhotosRoutes(server);
  addSettingsRoutes(server, context, {
    ...{ version, requestsPerMinute, inBrowser, hasSeveral: galleries.shelf !== null },
    keysNeeded: () => server.keysNeeded(),
  });
  addKeyRoutes(server, keyStore);
  addGalleryRoutes(server, galleries, keyStore);
  addCompreFaceRoutes(server, context);
};

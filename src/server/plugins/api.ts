import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { addBodyGate, type BodyPlaces } from '../body-gate.ts';
import { addCompreFaceRoutes } from '../compreface/compreface-routes.ts';
import { addDetectRoutes } from '../routes/detect-routes.ts';
import { addEnrollRoutes } from '../routes/enroll-routes.ts';
import { addEvaluationRoutes } from '../routes/evaluation-routes.ts';
import { addEventRoutes } from '../routes/event-routes.ts';
import { addExampleRoutes } from '../routes/example-routes.ts';
import { addJobRoutes } from '../routes/job-routes.ts';
import { addKeyRoutes } from '../routes/key-routes.ts';
import { addLivenessRoutes } from '../routes/liveness-routes.ts';
import { addPeopleRoutes } from '../routes/people-routes.ts';
import { addRecognizeRoutes } from '../routes/recognize-routes.ts';
import { addSettingsRoutes } from '../routes/settings-routes.ts';
import { addSystemRoutes } from '../routes/system-routes.ts';
import type { ServerContext } from '../server-context.ts';
import type { ServerOptions } from '../server-options.ts';
import { authentication } from './authentication.ts';
import { rateLimit } from './rate-limit.ts';
import { validation } from './validation.ts';

/** What the routes work with. */
export interface ApiOptions {
  readonly context: ServerContext;
  readonly places: BodyPlaces;
  readonly options: ServerOptions & { readonly requestsPerMinute: number };
}

/** Everything that asks for keys: all routes but those of the page and of the documentation. */
export const api: FastifyPluginAsyncZod<ApiOptions> = async (server, { context, places, options }) => {
  const { version, requestsPerMinute, keys, firstKeys, host, allowedOrigins } = options;
  await server.register(authentication, { keys, firstKeys, host, allowedOrigins });
  addBodyGate(server, context, places);
  await server.register(rateLimit, { requestsPerMinute });
  await server.register(validation);
  addDetectRoutes(server, context);
  addRecognizeRoutes(server, context);
  addLivenessRoutes(server, context);
  addPeopleRoutes(server, context);
  addExampleRoutes(server, context);
  addEnrollRoutes(server, context);
  addSystemRoutes(server, context);
  addEventRoutes(server, context);
  addEvaluationRoutes(server, context);
  addJobRoutes(server, context);
  addSettingsRoutes(server, context, { version, requestsPerMinute, keysNeeded: () => server.keysNeeded() });
  addKeyRoutes(server, keys ?? firstKeys ?? null);
  addCompreFaceRoutes(server, context);
};

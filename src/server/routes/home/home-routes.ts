import type { Api } from '../api.ts';
import { addAppearanceRoutes } from './appearance-routes.ts';
import { addCameraRoutes } from './camera-routes.ts';
import { addEnrollmentRoutes } from './enrollment-routes.ts';
import { addPresenceRoutes } from './presence-routes.ts';
import { addStrangerRoutes } from './stranger-routes.ts';

/** Adds the routes of a home: they are there without one too, and say that there is none. */
export function addHomeRoutes(api: Api): void {
  addCameraRoutes(api);
  addEnrollmentRoutes(api);
  addPresenceRoutes(api);
  addAppearanceRoutes(api);
  addStrangerRoutes(api);
}

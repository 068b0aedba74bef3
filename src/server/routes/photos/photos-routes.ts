import type { Api } from '../api.ts';
import { addFaceDecisionRoutes } from './face-decision-routes.ts';
import { addPeopleInPhotosRoutes } from './people-in-photos-routes.ts';
import { addPhotoRoutes } from './photo-routes.ts';
import { addQuestionRoutes } from './question-routes.ts';

/** Adds the routes of photos: they are there without any too, and say that there are none. */
export function addPhotosRoutes(api: Api): void {
  addQuestionRoutes(api);
  addPeopleInPhotosRoutes(api);
  addFaceDecisionRoutes(api);
  addPhotoRoutes(api);
}

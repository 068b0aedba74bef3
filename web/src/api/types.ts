import type { z } from 'zod';
import type * as appearances from '../../../src/server/schemas/appearance-schemas.ts';
import type * as faces from '../../../src/server/schemas/face-schemas.ts';
import type * as home from '../../../src/server/schemas/home-schemas.ts';
import type * as liveness from '../../../src/server/schemas/liveness-schemas.ts';
import type * as people from '../../../src/server/schemas/people-schemas.ts';
import type * as photos from '../../../src/server/schemas/photo-schemas.ts';
import type * as system from '../../../src/server/schemas/system-schemas.ts';
import type { AsJson } from './as-json.ts';

export type { ApiKeyScope } from '../../../src/server/api-key-scopes.ts';

// What the server answers, by the very schemas it writes its answers with.
type Answer<Schema extends z.ZodType> = AsJson<z.output<Schema>>;
export type Person = Answer<typeof people.PERSON>;
export type Face = Answer<typeof people.FACE>;
export type EnrolledByName = Answer<typeof people.ENROLLED_BY_NAME>;
export type Merge = Answer<typeof people.MERGE>;
export type Negative = Answer<typeof people.NEGATIVE>;
export type Embedded = Answer<typeof faces.EMBEDDED>;
export type Recognized = Answer<typeof faces.RECOGNIZED>;
export type RecognizedFace = Recognized['faces'][number];
export type Searched = Answer<typeof faces.SEARCHED>;
export type Session = Answer<typeof system.SESSION>;
export type ListedGallery = Answer<typeof system.GALLERIES>['items'][number];
export type Settings = Answer<typeof system.SETTINGS>;
export type Key = Answer<typeof system.KEY>;
export type CreatedKey = Answer<typeof system.CREATED_KEY>;
export type Reviewed = Answer<typeof faces.REVIEWED>;
export type TurnChallenge = Answer<typeof liveness.CHALLENGE>;
export type TurnFrame = Answer<typeof liveness.FRAME_ANSWER>;
export type Evaluation = Answer<typeof system.EVALUATION>;
export type Rate = Evaluation['thresholds'][number]['misses'];
export type Camera = Answer<typeof home.CAMERA>;
export type DoorEnrollment = Answer<typeof home.ENROLLMENT>;
export type Presence = Answer<typeof home.PRESENCE>;
export type Visit = Answer<typeof home.VISIT>;
export type Appearance = Answer<typeof appearances.APPEARANCE>;
export type Decision = Answer<typeof appearances.DECISION>;
export type Named = Answer<typeof appearances.NAMED>;
export type Ignored = Answer<typeof appearances.IGNORED>;
export type Stranger = Answer<typeof appearances.STRANGER>;
export type PhotoStats = Answer<typeof photos.PHOTO_STATS>;
export type PhotoFace = Answer<typeof photos.PHOTO_FACE>;
export type PhotoQuestions = Answer<typeof photos.QUESTIONS>;
export type PhotoQuestion = Answer<typeof photos.QUESTION>;
export type PersonInPhotos = Answer<typeof photos.PHOTO_PERSON>;
export type PersonOverview = Answer<typeof photos.PERSON_OVERVIEW>;
export type PhotoSuggestions = Answer<typeof photos.SUGGESTIONS>;
export type PhotoSuggestion = PhotoSuggestions['items'][number];
export type Photo = Answer<typeof photos.PHOTO>;
export type PhotoWithFaces = Answer<typeof photos.PHOTO_WITH_FACES>;
export type PhotoDecision = Answer<typeof photos.PHOTO_DECISION>;
export type FacesNamed = Answer<typeof photos.FACES_NAMED>;
export type Box = RecognizedFace['box'];

/** Part of a list; `nextCursor` goes into the next request. */
export interface PageOf<Item> {
  readonly items: readonly Item[];
  readonly nextCursor: string | null;
}

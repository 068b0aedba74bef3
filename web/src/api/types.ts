import type * as pages from '../../../src/server/page-schemas.ts';
import type * as schemas from '../../../src/server/schemas.ts';
import type { FromSchema } from './from-schema.ts';

export type { ApiKeyScope } from '../../../src/server/api-key-scopes.ts';

// What the server answers, by the very schemas it writes its answers with.
export type Person = FromSchema<typeof schemas.PERSON>;
export type Face = FromSchema<typeof schemas.FACE>;
export type EnrolledByName = FromSchema<typeof schemas.ENROLLED_BY_NAME>;
export type Merge = FromSchema<typeof schemas.MERGE>;
export type Negative = FromSchema<typeof schemas.NEGATIVE>;
export type Embedded = FromSchema<typeof schemas.EMBEDDED>;
export type Recognized = FromSchema<typeof schemas.RECOGNIZED>;
export type RecognizedFace = Recognized['faces'][number];
export type Session = FromSchema<typeof pages.SESSION>;
export type Settings = FromSchema<typeof pages.SETTINGS>;
export type Key = FromSchema<typeof pages.KEY>;
export type CreatedKey = FromSchema<typeof pages.CREATED_KEY>;
export type Reviewed = FromSchema<typeof pages.REVIEWED>;
export type Evaluation = FromSchema<typeof pages.EVALUATION>;
export type Rate = Evaluation['thresholds'][number]['misses'];
export type Box = RecognizedFace['box'];

/** Part of a list; `nextCursor` goes into the next request. */
export interface PageOf<Item> {
  readonly items: readonly Item[];
  readonly nextCursor: string | null;
}

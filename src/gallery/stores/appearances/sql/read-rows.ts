import type { FaceTriggerError } from '../../../../core/errors.ts';
import type { FaceQualityFacts } from '../../../review-face.ts';
import { type Row, rowReader } from '../../row-reader.ts';
import type {
  AppearanceFacts,
  DecisionChanges,
  DecisionKind,
  DecisionRow,
  KeptEvent,
  StoredAppearance,
  StoredAppearanceFace,
  StoredStranger,
  StrangerRow,
} from '../appearance-store.ts';

/** Reads rows of appearances and what belongs to them; see {@link rowReader}. */
export function appearanceReader(damaged: (what: string) => FaceTriggerError) {
  const {
    textIn,
    textOrNullIn,
    wholeIn,
    numberIn,
    flagIn,
    dateIn,
    dateOrNullIn,
    jsonIn,
    embeddingIn,
    bytesOrNullIn,
  } = rowReader(damaged);

  const strangerIn = (row: Row): StrangerRow => ({
    id: textIn(row, 'id'),
    createdAt: dateIn(row, 'created_at'),
    isIgnored: flagIn(row, 'is_ignored'),
    mergedInto: textOrNullIn(row, 'merged_into'),
  });

  return {
    textIn,
    textOrNullIn,
    wholeIn,
    bytesOrNullIn,
    strangerIn,
    eventIn: (row: Row): KeptEvent => ({
      seq: wholeIn(row, 'seq'),
      id: textIn(row, 'id'),
      at: dateIn(row, 'at'),
      type: textIn(row, 'type'),
      appearanceId: textOrNullIn(row, 'appearance_id'),
      personId: textOrNullIn(row, 'person_id'),
      body: textIn(row, 'body'),
    }),
    appearanceIn: (row: Row): StoredAppearance => ({
      seq: wholeIn(row, 'seq'),
      id: textIn(row, 'id'),
      camera: textIn(row, 'camera'),
      place: textOrNullIn(row, 'place'),
      startedAt: dateIn(row, 'started_at'),
      lastSeenAt: dateIn(row, 'last_seen_at'),
      endedAt: dateOrNullIn(row, 'ended_at'),
      personId: textOrNullIn(row, 'person_id'),
      strangerId: textOrNullIn(row, 'stranger_id'),
      decidedBy: textOrNullIn(row, 'decided_by'),
      facts: jsonIn<AppearanceFacts>(row, 'facts'),
      name: textOrNullIn(row, 'name'),
      isIgnored: flagIn(row, 'is_ignored'),
      faces: wholeIn(row, 'faces'),
    }),
    faceIn: (row: Row): StoredAppearanceFace => ({
      id: textIn(row, 'id'),
      appearanceId: textIn(row, 'appearance_id'),
      takenAt: dateIn(row, 'taken_at'),
      quality: numberIn(row, 'quality'),
      facts: row['facts'] === null ? null : jsonIn<FaceQualityFacts>(row, 'facts'),
      embedding: embeddingIn(row, 'embedding'),
      model: textIn(row, 'model'),
      hasPicture: flagIn(row, 'has_picture'),
    }),
    storedStrangerIn: (row: Row, cameras: readonly string[]): StoredStranger => ({
      ...strangerIn(row),
      appearances: wholeIn(row, 'appearances'),
      firstSeenAt: dateIn(row, 'first_seen_at'),
      lastSeenAt: dateIn(row, 'last_seen_at'),
      cameras,
    }),
    decisionIn: (row: Row): DecisionRow => ({
      id: textIn(row, 'id'),
      at: dateIn(row, 'at'),
      kind: textIn(row, 'kind') as DecisionKind,
      isAutomatic: flagIn(row, 'is_automatic'),
      personId: textOrNullIn(row, 'person_id'),
      undoneAt: dateOrNullIn(row, 'undone_at'),
      changes: jsonIn<DecisionChanges>(row, 'changes'),
    }),
  };
}

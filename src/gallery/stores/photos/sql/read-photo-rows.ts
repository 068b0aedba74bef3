import type { FaceTriggerError } from '../../../../core/errors.ts';
import type { Box } from '../../../../core/geometry/box.ts';
import type { FaceQualityFacts } from '../../../review-face.ts';
import { type Row, rowReader } from '../../row-reader.ts';
import type {
  JoinedFaceRow,
  KeptLandmarks,
  PhotoDecisionChanges,
  PhotoDecisionKind,
  PhotoDecisionRow,
  PhotoFailureRow,
  PhotoFileRow,
  PhotoGroupRow,
  PhotoKind,
  PhotoPersonRow,
  StoredPhoto,
  StoredPhotoFace,
} from '../photo-store.ts';

/** Reads rows of photos and what belongs to them; see {@link rowReader}. */
export function photoReader(damaged: (what: string) => FaceTriggerError) {
  const { textIn, textOrNullIn, wholeIn, numberIn, numberOrNullIn, flagIn, dateIn, dateOrNullIn, jsonIn } =
    rowReader(damaged);
  const { embeddingIn, bytesOrNullIn } = rowReader(damaged);

  return {
    textIn,
    wholeIn,
    bytesOrNullIn,
    fileIn: (row: Row): PhotoFileRow => ({
      path: textIn(row, 'path'),
      photoId: textIn(row, 'photo_id'),
      size: wholeIn(row, 'size'),
      mtimeMs: wholeIn(row, 'mtime_ms'),
    }),
    failureIn: (row: Row): PhotoFailureRow => ({
      path: textIn(row, 'path'),
      size: wholeIn(row, 'size'),
      mtimeMs: wholeIn(row, 'mtime_ms'),
      code: textIn(row, 'code'),
      message: textIn(row, 'message'),
      at: dateIn(row, 'at'),
    }),
    photoIn: (row: Row, paths: readonly string[]): StoredPhoto => ({
      seq: wholeIn(row, 'seq'),
      id: textIn(row, 'id'),
      sha256: textIn(row, 'sha256'),
      kind: textIn(row, 'kind') as PhotoKind,
      width: wholeIn(row, 'width'),
      height: wholeIn(row, 'height'),
      durationMs: numberOrNullIn(row, 'duration_ms'),
      takenAt: dateOrNullIn(row, 'taken_at'),
      model: textIn(row, 'model'),
      scannedAt: dateIn(row, 'scanned_at'),
      paths,
      faces: wholeIn(row, 'faces'),
    }),
    faceIn: (row: Row): StoredPhotoFace => ({
      seq: wholeIn(row, 'seq'),
      id: textIn(row, 'id'),
      photoId: textIn(row, 'photo_id'),
      frameMs: numberOrNullIn(row, 'frame_ms'),
      box: jsonIn<Box>(row, 'box'),
      landmarks: jsonIn<KeptLandmarks>(row, 'landmarks'),
      score: numberIn(row, 'score'),
      quality: numberIn(row, 'quality'),
      facts: jsonIn<FaceQualityFacts>(row, 'facts'),
      embedding: embeddingIn(row, 'embedding'),
      model: textIn(row, 'model'),
      hasThumbnail: flagIn(row, 'has_thumbnail'),
      personId: textOrNullIn(row, 'person_id'),
      decidedBy: textOrNullIn(row, 'decided_by'),
      notPersonIds: jsonIn<readonly string[]>(row, 'not_person_ids'),
      isIgnored: flagIn(row, 'is_ignored'),
      groupId: textOrNullIn(row, 'group_id'),
      groupConfidence: numberOrNullIn(row, 'group_confidence'),
    }),
    groupIn: (row: Row): PhotoGroupRow => ({
      groupId: textIn(row, 'group_id'),
      confidence: numberOrNullIn(row, 'confidence'),
      faces: wholeIn(row, 'faces'),
      photos: wholeIn(row, 'photos'),
      personId: textOrNullIn(row, 'person_id'),
    }),
    joinedIn: (row: Row): JoinedFaceRow => ({
      faceId: textIn(row, 'id'),
      groupId: textIn(row, 'group_id'),
      confidence: numberOrNullIn(row, 'group_confidence'),
      personId: textIn(row, 'person_id'),
    }),
    personIn: (row: Row): PhotoPersonRow => ({
      personId: textIn(row, 'person_id'),
      name: textIn(row, 'name'),
      faces: wholeIn(row, 'faces'),
      photos: wholeIn(row, 'photos'),
      firstTakenAt: dateOrNullIn(row, 'first_taken_at'),
      lastTakenAt: dateOrNullIn(row, 'last_taken_at'),
    }),
    decisionIn: (row: Row): PhotoDecisionRow => ({
      id: textIn(row, 'id'),
      at: dateIn(row, 'at'),
      kind: textIn(row, 'kind') as PhotoDecisionKind,
      personId: textOrNullIn(row, 'person_id'),
      undoneAt: dateOrNullIn(row, 'undone_at'),
      changes: jsonIn<PhotoDecisionChanges>(row, 'changes'),
    }),
  };
}

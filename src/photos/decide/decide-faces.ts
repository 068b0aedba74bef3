import type {
  FaceKnowledgeRow,
  PhotoDecisionKind,
  PhotoDecisionRow,
  StoredPhotoFace,
} from '../../gallery/stores/photos/photo-store.ts';
import type { PhotoLibrary } from '../library.ts';
import { makeDecision } from './make-decision.ts';
import { requireFaces } from './name-people.ts';

/** Says that faces are not somebody: those that had the name lose it, and none of them gets it by grouping. */
export function notPerson(
  library: Pick<PhotoLibrary, 'gallery' | 'store'>,
  faceIds: readonly string[],
  personId: string,
): Promise<PhotoDecisionRow> {
  return decide(library, { kind: 'not-person', personId, faceIds }, (face) => ({
    personId: face.personId === personId ? null : face.personId,
    notPersonIds: [...new Set([...face.notPersonIds, personId])],
    isIgnored: face.isIgnored,
  }));
}

/** Says that faces are of nobody who matters: they are in no group and no question any more. */
export function ignoreFaces(
  library: Pick<PhotoLibrary, 'gallery' | 'store'>,
  faceIds: readonly string[],
): Promise<PhotoDecisionRow> {
  return decide(library, { kind: 'ignore', personId: null, faceIds }, ({ notPersonIds }) => ({
    ...{ personId: null, notPersonIds, isIgnored: true },
  }));
}

async function decide(
  library: Pick<PhotoLibrary, 'gallery' | 'store'>,
  {
    faceIds,
    ...about
  }: {
    readonly kind: PhotoDecisionKind;
    readonly personId: string | null;
    readonly faceIds: readonly string[];
  },
  knowledge: (face: StoredPhotoFace) => Omit<FaceKnowledgeRow, 'decidedBy'>,
): Promise<PhotoDecisionRow> {
  return makeDecision(library, {
    ...about,
    change: async (rows, decidedBy) => {
      const before = await requireFaces(rows, faceIds);
      for (const face of before) await rows.setKnowledge(face.id, { ...knowledge(face), decidedBy });
      return before;
    },
  });
}

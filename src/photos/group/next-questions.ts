import type { PersonSuggestion } from '../../cluster/cluster-types.ts';
import type { PhotoReads, StoredPhotoFace } from '../../gallery/stores/photos/photo-store.ts';

/** Somebody whom nameless faces may be, and why. */
export interface SuggestedPerson {
  readonly personId: string;
  readonly name: string;
  /** 0 .. 1. */
  readonly confidence: number;
  /** Distance of the nearest pair, in the metric of the embedder's evidence. */
  readonly distance: number | null;
}

/** A group that nobody has named, with who it may be. */
export interface PhotoQuestion {
  readonly groupId: string;
  readonly faces: number;
  readonly photos: number;
  readonly confidence: number | null;
  /** Most probable first. */
  readonly suggestions: readonly SuggestedPerson[];
}

/** Nameless faces that may be one person. */
export interface FacesToReview {
  /** `null` for a face that stands alone. */
  readonly groupId: string | null;
  readonly faceIds: readonly string[];
  readonly confidence: number;
}

/** What should be asked next: the answer that names most faces first. */
export async function nextQuestions(
  store: PhotoReads,
  { limit }: { readonly limit: number },
): Promise<readonly PhotoQuestion[]> {
  const groups = await store.listGroups({ limit, named: false });
  const suggestions = await readSuggestions(store);
  const names = await store.peopleByIds([...new Set(suggestions.map(({ personId }) => personId))]);
  return groups.map(({ groupId, faces, photos, confidence }) => ({
    ...{ groupId, faces, photos, confidence },
    suggestions: suggestions.flatMap((suggestion) => {
      const { personId, evidence } = suggestion;
      const name = names.get(personId);
      if (suggestion.groupId !== groupId || name === undefined) return [];
      const distance = evidence[0]?.distance ?? null;
      return [{ personId, name, confidence: suggestion.confidence, distance }];
    }),
  }));
}

/** What may be somebody, most probable first; what somebody has decided about since the last grouping is left out. */
export async function suggestionsFor(store: PhotoReads, personId: string): Promise<readonly FacesToReview[]> {
  const found: FacesToReview[] = [];
  for (const suggestion of await readSuggestions(store)) {
    if (suggestion.personId !== personId) continue;
    const faces = await store.faces(suggestion.faceIds);
    const faceIds = suggestion.faceIds.filter((id) => isOpen(faces.get(id), personId));
    const { groupId, confidence } = suggestion;
    if (faceIds.length > 0) found.push({ groupId, faceIds, confidence });
  }
  return found.sort((a, b) => b.confidence - a.confidence);
}

function isOpen(face: StoredPhotoFace | undefined, personId: string): boolean {
  return (
    face !== undefined && face.personId === null && !face.isIgnored && !face.notPersonIds.includes(personId)
  );
}

async function readSuggestions(store: PhotoReads): Promise<readonly PersonSuggestion[]> {
  const grouping = await store.grouping();
  return grouping === null ? [] : (JSON.parse(grouping.suggestions) as PersonSuggestion[]);
}

import { FaceTriggerError } from '../../core/errors.ts';
import type { PhotoReads } from '../../gallery/stores/photos/photo-store.ts';
import { facesOfGroup } from '../../photos/group/faces-of-group.ts';

/** How commands call faces, for their help. */
export const FACES_HELP = 'a group (g3), faces of it (g3/1f0a), or a whole face id';

/** So many digits of a face's id are shown. */
const SHORT = 8;

/** The first digits of a face's id, as lists and sheets show them. */
export function shortId(faceId: string): string {
  return faceId.slice(0, SHORT);
}

/**
 * The faces that somebody means: of whole groups, single ones of a group by the first digits of their ids, or by ids.
 *
 * @throws FaceTriggerError `ERR_NOT_FOUND`
 */
export async function facesMeant(store: PhotoReads, words: readonly string[]): Promise<readonly string[]> {
  const meant = new Set<string>();
  for (const word of words) {
    const [groupId, prefix] = splitAt(word);
    if (prefix !== null) for (const id of await facesInGroup(store, groupId, [prefix])) meant.add(id);
    else if ((await store.faces([word])).has(word)) meant.add(word);
    else for (const id of await facesOfGroup(store, word)) meant.add(id);
  }
  return [...meant];
}

/** Faces of a group by the first digits of their ids. @throws FaceTriggerError `ERR_NOT_FOUND` */
export async function facesInGroup(
  store: PhotoReads,
  groupId: string,
  prefixes: readonly string[],
): Promise<readonly string[]> {
  const all = await facesOfGroup(store, groupId);
  return prefixes.map((prefix) => {
    const found = all.filter((id) => id.startsWith(prefix.toLowerCase()));
    if (found.length === 1) return found[0]!;
    const message =
      found.length === 0
        ? `There is no face ${prefix} in group ${groupId}: see face-trigger photos faces ${groupId}`
        : `${found.length} faces of group ${groupId} begin with ${prefix}: give more digits`;
    throw new FaceTriggerError('ERR_NOT_FOUND', message);
  });
}

function splitAt(word: string): readonly [string, string | null] {
  const at = word.indexOf('/');
  return at === -1 ? [word, null] : [word.slice(0, at), word.slice(at + 1)];
}

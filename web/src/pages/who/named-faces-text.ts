import type { FacesNamed } from '../../api/types.ts';
import { counted } from '../../components/counted.ts';

/** What naming faces did, in a sentence. */
export function namedFacesText({ person, faces, enrolled, created }: FacesNamed): string {
  const known = enrolled > 0 ? `; recognized by ${enrolled} of them from now on` : '';
  return `${counted(faces, 'face is', 'faces are')} ${person?.name ?? 'somebody'}${created ? ', who is new' : ''}${known}`;
}

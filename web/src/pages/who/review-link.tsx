import type { PhotoQuestions } from '../../api/types.ts';
import { counted } from '../../components/counted.ts';

/** Goes to the faces that may be somebody. */
export function ReviewLink({
  review: { person, items, faces },
  isPrimary = false,
}: {
  readonly review: PhotoQuestions['reviews'][number];
  readonly isPrimary?: boolean | undefined;
}) {
  return (
    <a class={isPrimary ? 'button primary' : 'button'} href={`#/who/review/${person.id}`}>
      Review {counted(items, 'suggestion')} for {person.name}
      {faces > items && <small>{counted(faces, 'face')}</small>}
    </a>
  );
}

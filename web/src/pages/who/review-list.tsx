import type { PhotoQuestions } from '../../api/types.ts';
import { counted } from '../../components/counted.ts';

/** More would push the question out of sight. */
const SHOWN = 6;

/** People of whom there are faces that only want a yes or no. */
export function ReviewList({ reviews }: { readonly reviews: PhotoQuestions['reviews'] }) {
  if (reviews.length === 0) return null;
  return (
    <ul class="reviews" aria-label="Suggestions to review">
      {reviews.slice(0, SHOWN).map(({ person, items, faces }) => (
        <li key={person.id}>
          <a class="button" href={`#/who/review/${person.id}`}>
            Review {counted(items, 'suggestion')} for {person.name}
            {faces > items && <small>{counted(faces, 'face')}</small>}
          </a>
        </li>
      ))}
      {reviews.length > SHOWN && <li class="quiet">and for {counted(reviews.length - SHOWN, 'other')}</li>}
    </ul>
  );
}

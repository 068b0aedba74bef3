import type { PhotoQuestions } from '../../api/types.ts';
import { counted } from '../../components/counted.ts';
import { ReviewLink } from './review-link.tsx';

/** More would push the question out of sight. */
const SHOWN = 3;

/** People of whom there are faces that only want a yes or no. */
export function ReviewList({ reviews }: { readonly reviews: PhotoQuestions['reviews'] }) {
  if (reviews.length === 0) return null;
  return (
    <ul class="reviews" aria-label="Suggestions to review">
      {reviews.slice(0, SHOWN).map((review) => (
        <li key={review.person.id}>
          <ReviewLink review={review} />
        </li>
      ))}
      {reviews.length > SHOWN && <li class="quiet">and for {counted(reviews.length - SHOWN, 'other')}</li>}
    </ul>
  );
}

import { useEffect } from 'preact/hooks';
import { useSession } from '../../state/session.tsx';
import { useLoad } from '../../state/use-load.ts';
import { ReviewLink } from './review-link.tsx';

/** How often the server is asked whom to review next, while it looks at what was said. */
const POLL_MS = 1000;

/** Where to go when nothing is left to review for somebody: to the next person, or back. */
export function NextReview({ personId }: { readonly personId: string }) {
  const { api } = useSession();
  const { value, reload } = useLoad((signal) => api.photos.questions({ limit: 1, signal }), [api]);
  const next = value?.reviews.find(({ person }) => person.id !== personId);
  useEffect(() => {
    if (value?.grouping !== 'going') return;
    const timer = setTimeout(reload, POLL_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return (
    <>
      {next && <ReviewLink review={next} isPrimary />}
      <a class={next ? 'button' : 'button primary'} href="#/who">
        Back to the groups
      </a>
    </>
  );
}

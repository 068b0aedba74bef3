import { PageHead } from '../../components/page-head.tsx';
import { usePlace } from '../../state/use-route.ts';
import { AloneView } from './alone-view.tsx';
import { DecidedView } from './decided-view.tsx';
import { QuestionsView } from './questions-view.tsx';
import { ReviewView } from './review-view.tsx';

const VIEWS = [
  { place: undefined, href: '#/who', title: 'Groups' },
  { place: 'alone', href: '#/who/alone', title: 'Faces that stand alone' },
  { place: 'decided', href: '#/who/decided', title: 'Decided' },
] as const;

/** Faces in photos that nobody has named, and what was said of others. */
export function WhoPage() {
  const [place, id] = usePlace();
  return (
    <>
      <PageHead title="Who is this?">
        Faces in your photos that have no name yet, those first whose answer names most.
      </PageHead>
      <nav class="tabs" aria-label="What is asked">
        {VIEWS.map((view) => (
          <a key={view.href} href={view.href} aria-current={view.place === place ? 'page' : undefined}>
            {view.title}
          </a>
        ))}
      </nav>
      {place === 'review' && id !== undefined ? (
        <ReviewView key={id} personId={id} />
      ) : place === 'alone' ? (
        <AloneView />
      ) : place === 'decided' ? (
        <DecidedView />
      ) : (
        <QuestionsView />
      )}
    </>
  );
}

import { useCallback } from 'preact/hooks';
import type { Presence, Visit } from '../../api/types.ts';
import { EmptyState } from '../../components/empty-state.tsx';
import { ErrorNote } from '../../components/error-note.tsx';
import { PageHead } from '../../components/page-head.tsx';
import { PersonPicture } from '../../components/person-picture.tsx';
import { strangerName } from '../../components/stranger-name.ts';
import { durationText, timeText } from '../../components/time-text.ts';
import { useSession } from '../../state/session.tsx';
import { useHomeNews } from '../../state/use-home-news.ts';
import { useLoad } from '../../state/use-load.ts';
import { useRepeat } from '../../state/use-repeat.ts';

/** "Last seen" grows without any event. */
const LOOK_MS = 10_000;
const NEWS = ['presence.changed', 'appearance.changed'] as const;

/** Who is in each place. */
export function PresencePage() {
  const { api } = useSession();
  const loaded = useLoad((signal) => api.home.presence({ signal }), [api]);
  const reload = useCallback(() => loaded.reload(), [loaded.reload]);
  useRepeat(LOOK_MS, reload);
  useHomeNews(NEWS, reload);
  const { value } = loaded;
  return (
    <>
      <PageHead title="Who is there">{value === null ? ' ' : headline(value)}</PageHead>
      <ErrorNote error={loaded.error} onRetry={loaded.reload} />
      {value?.places.length === 0 && (
        <EmptyState icon="presence" title="There is no place yet">
          <p>Cameras belong to places; the configuration says to which.</p>
        </EmptyState>
      )}
      <div class="places">
        {value?.places.map((place) => (
          <PlaceCard key={place.place} place={place} />
        ))}
      </div>
      {value !== null && value.gone.length > 0 && (
        <section class="card" aria-labelledby="gone-title">
          <h2 id="gone-title">Seen last</h2>
          <ul class="list">
            {value.gone.map((visit) => (
              <VisitLine key={visit.id} visit={visit} isThere={false} />
            ))}
          </ul>
        </section>
      )}
    </>
  );
}

function headline({ places }: Presence): string {
  const all = places.reduce((count, { visits }) => count + visits.length, 0);
  if (all === 0) return 'Nobody is there.';
  return all === 1 ? 'One person is there.' : `${all} people are there.`;
}

function PlaceCard({ place: { place, cameras, visits } }: { readonly place: Presence['places'][number] }) {
  return (
    <section class="card" aria-label={place}>
      <header class="row place-head">
        <h2 class="grow">{place}</h2>
        <p class="quiet">{cameras.join(', ')}</p>
      </header>
      {visits.length === 0 ? (
        <p class="nobody">Nobody</p>
      ) : (
        <ul class="list">
          {visits.map((visit) => (
            <VisitLine key={visit.id} visit={visit} isThere />
          ))}
        </ul>
      )}
    </section>
  );
}

function VisitLine({ visit, isThere }: { readonly visit: Visit; readonly isThere: boolean }) {
  const { api } = useSession();
  const { appearance, label, stranger, camera, since, lastSeen } = visit;
  const name = label ?? (stranger === null ? 'Somebody' : strangerName(stranger));
  const unseenMs = Date.now() - Date.parse(lastSeen);
  return (
    <li>
      <PersonPicture
        key={appearance ?? ''}
        name={name}
        load={
          appearance === null ? null : (signal) => api.home.appearancePicture(appearance, '1', { signal })
        }
      />
      <span class="grow">
        <strong>{name}</strong>
        {visit.ignored && <span class="tag">ignored</span>}
        <small>
          {isThere
            ? `since ${timeText(since)}, ${durationText(Date.now() - Date.parse(since))}`
            : `${visit.place}, until ${timeText(lastSeen)}`}
        </small>
        <small>
          {visit.inView
            ? `in view of ${camera} now`
            : `last seen by ${camera}, ${durationText(unseenMs)} ago`}
        </small>
      </span>
    </li>
  );
}

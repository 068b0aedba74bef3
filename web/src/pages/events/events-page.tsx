import { useState } from 'preact/hooks';
import { PageHead } from '../../components/page-head.tsx';
import { useSession } from '../../state/session.tsx';
import { ActivityLog } from './activity-log.tsx';
import { AppearanceList } from './appearance-list.tsx';

/** Whom the cameras saw, and what happens on the server. */
export function EventsPage() {
  const { session } = useSession();
  const hasAppearances = session.home?.appearances === true;
  const [isLog, setLog] = useState(!hasAppearances);
  return (
    <>
      <PageHead title="Events">
        {isLog ? 'Who was seen, and what changed, as it happens.' : 'Whom the cameras saw, the newest first.'}
      </PageHead>
      {hasAppearances && (
        <div class="switch" role="radiogroup" aria-label="Which events">
          <label>
            <input type="radio" name="events" checked={!isLog} onChange={() => setLog(false)} />
            Seen by cameras
          </label>
          <label>
            <input type="radio" name="events" checked={isLog} onChange={() => setLog(true)} />
            As it happens
          </label>
        </div>
      )}
      {isLog ? <ActivityLog /> : <AppearanceList />}
    </>
  );
}

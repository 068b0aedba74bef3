import { PageHead } from '../../components/page-head.tsx';
import { useSession } from '../../state/session.tsx';
import { GalleriesCard } from './galleries-card.tsx';
import { KeysCard } from './keys-card.tsx';
import { NamingCard } from './naming-card.tsx';
import { RetentionCard } from './retention-card.tsx';
import { SessionCard } from './session-card.tsx';

/** Threshold, retention, galleries and keys. */
export function SettingsPage() {
  const { may, session } = useSession();
  return (
    <>
      <PageHead title="Settings">Settings for everyone who uses this server.</PageHead>
      {may('admin') ? (
        <>
          <NamingCard />
          <RetentionCard />
          {session.galleries && <GalleriesCard />}
          <KeysCard />
        </>
      ) : (
        <p class="note">Your key may not change settings. Enter one with the scope admin below.</p>
      )}
      <SessionCard />
    </>
  );
}

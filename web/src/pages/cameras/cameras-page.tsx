import { useState } from 'preact/hooks';
import { EmptyState } from '../../components/empty-state.tsx';
import { ErrorNote } from '../../components/error-note.tsx';
import { PageHead } from '../../components/page-head.tsx';
import { useLiveFeed } from '../../components/use-live-feed.ts';
import { useRoving } from '../../components/use-roving.ts';
import { useSession } from '../../state/session.tsx';
import { useLoad } from '../../state/use-load.ts';
import { useRepeat } from '../../state/use-repeat.ts';
import { CameraCard } from './camera-card.tsx';
import { DoorDialog } from './door-dialog.tsx';

/** Between two looks at how the cameras are. */
const LOOK_MS = 2000;

/** What all cameras see now. */
export function CamerasPage() {
  const { api, session, may } = useSession();
  const { feed, error } = useLiveFeed();
  const cameras = useLoad((signal) => api.home.cameras({ signal }), [api]);
  useRepeat(LOOK_MS, cameras.reload);
  const [large, setLarge] = useState<string | null>(null);
  const [door, setDoor] = useState<string | null>(null);
  const items = cameras.value?.items ?? [];
  const mayEnroll = may('admin') && session.home?.enrollment === true;
  const toggle = (name: string) => setLarge((before) => (before === name ? null : name));
  const roving = useRoving(
    items.map(({ name }) => name),
    (name, event) => {
      if (event.key === 'Enter') toggle(name);
      if (event.key === 'e' && mayEnroll) setDoor(name);
    },
  );
  return (
    <>
      <PageHead title="Cameras">
        {cameras.value === null
          ? ' '
          : summary(items.filter(({ state }) => state !== 'up').length, items.length)}
      </PageHead>
      <ErrorNote error={cameras.error ?? error} onRetry={cameras.reload} />
      {cameras.value !== null && items.length === 0 && (
        <EmptyState icon="cameras" title="There are no cameras yet">
          <p>
            Write them into the configuration that you started <code>face-trigger run</code> with.
          </p>
        </EmptyState>
      )}
      <ul class="cameras" aria-label="Cameras" {...roving.list}>
        {items.map((camera) => (
          <CameraCard
            key={camera.name}
            camera={camera}
            feed={feed}
            isLarge={large === camera.name}
            roving={roving}
            onToggle={() => toggle(camera.name)}
            onEnroll={mayEnroll ? () => setDoor(camera.name) : null}
          />
        ))}
      </ul>
      {items.length > 0 && (
        <p class="hint keys">
          Keys: arrows go from camera to camera, <kbd>Enter</kbd> makes one large
          {mayEnroll && (
            <>
              , <kbd>E</kbd> enrolls who stands before it
            </>
          )}
          .
        </p>
      )}
      {door !== null && <DoorDialog camera={door} feed={feed} onClose={() => setDoor(null)} />}
    </>
  );
}

function summary(without: number, all: number): string {
  const cameras = all === 1 ? '1 camera' : `${all} cameras`;
  return without === 0 ? `${cameras}, live` : `${cameras}, ${without} without a picture`;
}

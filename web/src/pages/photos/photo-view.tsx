import { useState } from 'preact/hooks';
import type { PhotoFace, PhotoWithFaces } from '../../api/types.ts';
import { counted } from '../../components/counted.ts';
import { ErrorNote } from '../../components/error-note.tsx';
import { FaceCrop } from '../../components/face-crop.tsx';
import { PageHead } from '../../components/page-head.tsx';
import { useSession } from '../../state/session.tsx';
import { useFaceDecisions } from '../../state/use-face-decisions.ts';
import { useLoad } from '../../state/use-load.ts';
import { FaceDialog } from './face-dialog.tsx';
import { PhotoStage } from './photo-stage.tsx';
import { takenText } from './taken-text.ts';

/** A photo with boxes and names; a click on a face says who it is. */
export function PhotoView({ id }: { readonly id: string }) {
  const { api } = useSession();
  const loaded = useLoad((signal) => api.photos.photo(id, { signal }), [api, id]);
  const [asked, setAsked] = useState<string | null>(null);
  const { decide } = useFaceDecisions(loaded.reload);
  const photo = loaded.value;
  if (photo === null) return <ErrorNote error={loaded.error} onRetry={loaded.reload} />;
  const face = photo.shown.find((one) => one.id === asked);
  return (
    <>
      <PageHead title={takenText(photo)}>{whoIsIn(photo)}</PageHead>
      <p>
        <button type="button" class="plain" onClick={() => history.back()}>
          ← Back
        </button>
      </p>
      <div class="photo-view">
        <PhotoStage photo={photo} onFace={setAsked} />
        <section aria-label="Faces in the photo">
          <ul class="list">
            {photo.shown.map((one, index) => (
              <li key={one.id}>
                <FaceCrop face={one} shape="round" />
                <span class="grow">
                  {photo.shown.length > 1 && `${index + 1} · `}
                  {nameOf(one)}
                  {one.frameMs !== null && <small>at {clockText(one.frameMs)}</small>}
                </span>
                <button
                  type="button"
                  class="plain"
                  aria-label={`${one.person ? 'Change' : 'Who is this?'} Face ${index + 1}, ${nameOf(one)}`}
                  onClick={() => setAsked(one.id)}
                >
                  {one.person ? 'Change' : 'Who is this?'}
                </button>
              </li>
            ))}
          </ul>
          <ul class="paths" aria-label="Where it is">
            {photo.paths.map((path) => (
              <li key={path}>
                <code>{path}</code>
              </li>
            ))}
          </ul>
        </section>
      </div>
      {face && <FaceDialog face={face} decide={decide} onClose={() => setAsked(null)} />}
    </>
  );
}

function whoIsIn({ shown }: PhotoWithFaces): string {
  const names = [...new Set(shown.flatMap(({ person }) => person?.name ?? []))];
  const nameless = shown.filter(({ person, ignored }) => person === null && !ignored).length;
  const parts = [
    ...names,
    ...(nameless > 0 ? [counted(nameless, 'face without a name', 'faces without a name')] : []),
  ];
  return parts.length > 0 ? parts.join(', ') : 'No faces that matter';
}

function nameOf({ person, ignored }: PhotoFace): string {
  return person?.name ?? (ignored ? 'Ignored' : 'No name yet');
}

/** "1:05" into a film. */
function clockText(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

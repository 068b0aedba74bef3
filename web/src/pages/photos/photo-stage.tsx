import { useEffect, useState } from 'preact/hooks';
import type { PhotoFace, PhotoWithFaces } from '../../api/types.ts';
import { ErrorNote } from '../../components/error-note.tsx';
import { FaceBoxes } from '../../components/face-boxes.tsx';
import { useSession } from '../../state/session.tsx';
import { useLoad } from '../../state/use-load.ts';

/** Enough for a large screen. */
const SIDE = 1600;

/** The picture with a box around each face, which can be pressed. */
export function PhotoStage(props: {
  readonly photo: PhotoWithFaces;
  readonly onFace: (faceId: string) => void;
}) {
  const { photo, onFace } = props;
  const { api } = useSession();
  const loaded = useLoad(
    (signal) =>
      photo.kind === 'film' ? Promise.resolve(null) : api.photos.picture(photo.id, SIDE, { signal }),
    [photo.id],
  );
  const [url, setUrl] = useState<string | null>(null);
  useEffect(() => {
    if (!loaded.value) return;
    const made = URL.createObjectURL(loaded.value);
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [loaded.value]);
  if (photo.kind === 'film') return <p class="note">A film: only the faces in it are shown.</p>;
  if (loaded.error !== null) return <ErrorNote error={loaded.error} onRetry={loaded.reload} />;
  const { width, height, shown } = photo;
  return (
    <div class="stage photo with-faces" style={{ aspectRatio: `${width} / ${height}` }}>
      {url !== null && <img src={url} alt="" width={width} height={height} />}
      {url !== null && (
        <FaceBoxes
          width={width}
          height={height}
          faces={shown.map((face, index) => ({
            box: face.box,
            label: face.person?.name ?? '',
            short: face.person ? String(index + 1) : '',
            tone: toneOf(face),
          }))}
        />
      )}
      {shown.map((face, index) => (
        <button
          key={face.id}
          type="button"
          class="face-spot"
          aria-label={`Face ${index + 1}: ${face.person?.name ?? 'who is this?'}`}
          style={spotOf(face, photo)}
          onClick={() => onFace(face.id)}
        />
      ))}
    </div>
  );
}

function toneOf({ person, ignored }: PhotoFace): 'known' | 'unknown' | 'plain' {
  if (person !== null) return 'known';
  return ignored ? 'plain' : 'unknown';
}

function spotOf({ box }: PhotoFace, { width, height }: PhotoWithFaces) {
  const percent = (part: number, whole: number) => `${(part / whole) * 100}%`;
  return {
    left: percent(box.left, width),
    top: percent(box.top, height),
    width: percent(box.width, width),
    height: percent(box.height, height),
  };
}

import { useEffect, useRef, useState } from 'preact/hooks';
import type { LiveFeed } from './live-feed.ts';

/** The live picture of a camera, or a note in its place. */
export function LiveImage(props: {
  readonly camera: string;
  readonly feed: LiveFeed | null;
  /** Stands there before the first picture, and over the last one; null: nothing. */
  readonly note: string | null;
}) {
  const { camera, feed, note } = props;
  const image = useRef<HTMLImageElement>(null);
  const [hasPicture, setHasPicture] = useState(false);
  useEffect(() => {
    let url: string | null = null;
    const end = feed?.listen(camera, (picture) => {
      const before = url;
      url = URL.createObjectURL(picture);
      if (image.current) image.current.src = url;
      // The picture before is not read any more once the next one has taken its place.
      if (before !== null) setTimeout(() => URL.revokeObjectURL(before), 1000);
      setHasPicture(true);
    });
    return () => {
      end?.();
      if (url !== null) URL.revokeObjectURL(url);
    };
  }, [camera, feed]);
  return (
    <div class={`stage live-image${hasPicture ? '' : ' empty-stage'}`}>
      <img ref={image} alt={`What ${camera} sees`} hidden={!hasPicture} />
      {(note !== null || !hasPicture) && (
        <p class={hasPicture ? 'stage-note over' : 'stage-note'}>{note ?? 'Waiting for a picture …'}</p>
      )}
    </div>
  );
}

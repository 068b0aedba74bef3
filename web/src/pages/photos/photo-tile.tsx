import { useEffect, useRef, useState } from 'preact/hooks';
import type { Photo } from '../../api/types.ts';
import { useSession } from '../../state/session.tsx';
import { takenText } from './taken-text.ts';

/** The longer side of a tile's picture, in pixels: twice that of the tile, for fine screens. */
const SIDE = 480;

/** A photo made small, fetched when it comes into sight; it leads to the photo with its faces. */
export function PhotoTile({ photo }: { readonly photo: Photo }) {
  const { api } = useSession();
  const element = useRef<HTMLAnchorElement>(null);
  const [url, setUrl] = useState<string | null>(null);
  const [isMissing, setMissing] = useState(photo.kind === 'film');
  useEffect(() => {
    if (isMissing) return;
    const controller = new AbortController();
    let made: string | null = null;
    const load = async (): Promise<void> => {
      try {
        const blob = await api.photos.picture(photo.id, SIDE, controller);
        if (controller.signal.aborted) return;
        made = URL.createObjectURL(blob);
        setUrl(made);
      } catch {
        if (!controller.signal.aborted) setMissing(true);
      }
    };
    const observer = new IntersectionObserver(
      (entries) => {
        if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
        observer.disconnect();
        void load();
      },
      { rootMargin: '200px' },
    );
    observer.observe(element.current!);
    return () => {
      observer.disconnect();
      controller.abort();
      if (made !== null) URL.revokeObjectURL(made);
    };
  }, [photo.id]);
  const text = takenText(photo);
  return (
    <a ref={element} class="photo-tile" href={`#/photos/photo/${photo.id}`} aria-label={`Photo, ${text}`}>
      {url !== null && <img src={url} alt="" />}
      {isMissing && (
        <span class="quiet">{photo.kind === 'film' ? 'Film' : 'Its file is gone or changed'}</span>
      )}
      <small>{text}</small>
    </a>
  );
}

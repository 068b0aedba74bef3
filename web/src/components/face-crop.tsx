import type { PhotoFace } from '../api/types.ts';
import { useSession } from '../state/session.tsx';
import { PersonPicture } from './person-picture.tsx';

/** The kept crop of a face in a photo. It must have the face's id as its key. */
export function FaceCrop({
  face,
  shape = 'crop',
}: {
  readonly face: Pick<PhotoFace, 'id' | 'hasThumbnail' | 'person'>;
  readonly shape?: 'round' | 'crop' | undefined;
}) {
  const { api } = useSession();
  const load = async (): Promise<Blob> => {
    const crop = await api.photos.thumbnail(face.id);
    if (crop === null) throw new Error('There is no picture');
    return crop;
  };
  return (
    <PersonPicture name={face.person?.name ?? '?'} shape={shape} load={face.hasThumbnail ? load : null} />
  );
}

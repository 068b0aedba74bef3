import { useState } from 'preact/hooks';
import { PhotoWall } from './photo-wall.tsx';
import { PhotosHead } from './photos-head.tsx';

/** All photos, or those with somebody who has no name. */
export function AllPhotosView() {
  const [nameless, setNameless] = useState(false);
  return (
    <>
      <PhotosHead current="all" />
      <div class="toolbar">
        <label class="check">
          <input type="checkbox" checked={nameless} onChange={() => setNameless(!nameless)} />
          Only with somebody who has no name
        </label>
      </div>
      <PhotoWall key={String(nameless)} query={nameless ? { nameless } : {}} label="Photos" />
    </>
  );
}

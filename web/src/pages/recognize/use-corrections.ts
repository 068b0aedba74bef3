import type { ReviewLevel } from '../../api/create-api.ts';
import type { RecognizedFace } from '../../api/types.ts';
import { useSession } from '../../state/session.tsx';
import { useToasts } from '../../state/toasts.tsx';

/** A face of a picture that was recognized. */
export interface FaceOfPicture {
  readonly face: RecognizedFace;
  /** As it was sent: the box counts in its pixels. */
  readonly picture: Blob;
  /** Stands beside the face in the gallery. */
  readonly source: string;
}

/** What a reader can say about a face; each can be taken back. */
export interface Corrections {
  /**
   * Adds the face to a person, who is made where nobody has the name.
   *
   * @throws ApiError `ERR_UNSUITABLE_FACE` where the review refuses the face; nobody is made then
   */
  thisIs(of: FaceOfPicture, name: string, review: ReviewLevel): Promise<void>;
  /** Keeps the face as an example of what the person is not. */
  notThis(of: FaceOfPicture, person: { readonly id: string; readonly name: string }): Promise<void>;
}

/** @param onChange - called when the gallery has changed */
export function useCorrections(onChange: () => void): Corrections {
  const { api } = useSession();
  const { show, fail } = useToasts();
  const said = (text: string, takeBack: () => Promise<unknown>): void => {
    onChange();
    const undo = () => takeBack().then(onChange, fail);
    show({ text, action: { label: 'Undo', run: () => void undo() } });
  };
  return {
    thisIs: async ({ face, picture, source }, name, review) => {
      const options = { review, source, box: face.box, expiresAt: null };
      const added = await api.enrollByName(name, picture, options);
      if (added.alreadyThere) {
        show({ text: `${added.person.name} has this photo already` });
        return;
      }
      said(`The face was added to ${added.person.name}`, () =>
        added.created ? api.deletePerson(added.person.id) : api.deleteFace(added.face.id),
      );
    },
    notThis: async ({ face, picture, source }, person) => {
      const { faces } = await api.embed(picture);
      const { left, top } = face.box;
      const same = faces.find(({ box }) => box.left === left && box.top === top);
      if (!same) throw new Error('The face was not found again; look at the picture once more.');
      const { id } = await api.addNegative(person.id, { embedding: same.embedding, source });
      said(`Noted: this is not ${person.name}`, () => api.deleteNegative(id));
    },
  };
}

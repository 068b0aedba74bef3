import type { PhotoFace } from '../../api/types.ts';
import { FaceCrop } from '../../components/face-crop.tsx';
import { useRoving } from '../../components/use-roving.ts';

/** A wall of faces of which some are picked: Space or a click picks one. */
export function FacePicker(props: {
  readonly faces: readonly PhotoFace[];
  readonly picked: readonly string[];
  readonly label: string;
  readonly onPicked: (picked: readonly string[]) => void;
  /** Other keys that are pressed on a face. */
  readonly onKey?: ((event: KeyboardEvent) => void) | undefined;
}) {
  const { faces, picked, onPicked } = props;
  const toggle = (id: string): void =>
    onPicked(picked.includes(id) ? picked.filter((one) => one !== id) : [...picked, id]);
  const roving = useRoving(
    faces.map(({ id }) => id),
    (_id, event) => props.onKey?.(event),
  );
  return (
    <ul class="crops-wall picker" aria-label={props.label} {...roving.list}>
      {faces.map((face, index) => (
        <li key={face.id}>
          <button
            type="button"
            class="pick"
            aria-pressed={picked.includes(face.id)}
            aria-label={`Face ${index + 1}`}
            {...roving.card(face.id)}
            onClick={() => toggle(face.id)}
          >
            <FaceCrop face={face} />
          </button>
        </li>
      ))}
    </ul>
  );
}

import type { PhotoSuggestion } from '../../api/types.ts';
import { counted } from '../../components/counted.ts';
import { FaceCrop } from '../../components/face-crop.tsx';
import { percentText } from '../../components/percent-text.ts';
import type { Roving } from '../../components/use-roving.ts';

/** A face, or a group, that may be somebody. */
export function ReviewCard(props: {
  readonly item: PhotoSuggestion;
  readonly name: string;
  readonly card: ReturnType<Roving['card']>;
  readonly inside: ReturnType<Roving['inside']>;
  readonly onYes: () => void;
  readonly onNo: () => void;
}) {
  const { item, name, inside } = props;
  const { best, faces, confidence } = item;
  const what = faces === 1 ? 'A face' : counted(faces, 'face');
  return (
    <li
      class="card review-card"
      aria-label={`${what}, ${percentText(confidence)} sure: is this ${name}?`}
      {...props.card}
    >
      <div class={faces === 1 ? 'crops one' : 'crops'}>
        {best.map((face) => (
          <FaceCrop key={face.id} face={face} />
        ))}
      </div>
      <p class="quiet">
        {faces > 1 && `${what} · `}
        {percentText(confidence)} sure
      </p>
      <div class="row yes-no">
        <button type="button" class="yes" {...inside} onClick={props.onYes}>
          Yes
        </button>
        <button type="button" {...inside} aria-label={`Not ${name}`} onClick={props.onNo}>
          No
        </button>
      </div>
    </li>
  );
}

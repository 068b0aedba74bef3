import type { PhotoQuestion } from '../../api/types.ts';
import { distanceText } from '../../components/distance-text.ts';
import { FaceCrop } from '../../components/face-crop.tsx';
import { percentText } from '../../components/percent-text.ts';
import { PersonPicture } from '../../components/person-picture.tsx';
import { useSession } from '../../state/session.tsx';

/** Pairs of faces that are shown as a reason. */
const PAIRS = 3;

/** Who a group may be, how sure that is, and why: its faces beside those of the person that they are near. */
export function SuggestedPeople(props: {
  readonly question: PhotoQuestion;
  readonly busy: boolean;
  readonly onYes: (index: number) => void;
  readonly onNo: (person: { readonly id: string; readonly name: string }) => void;
}) {
  const { question, busy, onYes, onNo } = props;
  const { api, session } = useSession();
  if (question.suggestions.length === 0) return null;
  return (
    <ul class="suggested" aria-label="Who it may be">
      {question.suggestions.map(({ person, confidence, evidence }, index) => (
        <li key={person.id} class="suggested-person">
          <div class="grow">
            <h3>
              {person.name} <small class="sure">{percentText(confidence)} sure</small>
            </h3>
            <ul class="pairs" aria-label={`Why ${person.name}`}>
              {evidence.slice(0, PAIRS).map(({ faceId, namedFaceId, enrolledFaceId, distance }) => (
                <li key={`${faceId} ${namedFaceId ?? enrolledFaceId}`}>
                  <FaceCrop face={{ id: faceId, hasThumbnail: true, person: null }} />
                  {namedFaceId !== null ? (
                    <FaceCrop face={{ id: namedFaceId, hasThumbnail: true, person }} />
                  ) : (
                    <PersonPicture
                      name={person.name}
                      shape="crop"
                      load={
                        enrolledFaceId === null
                          ? null
                          : (signal) => api.facePicture(enrolledFaceId, { signal })
                      }
                    />
                  )}
                  <small>{distanceText(distance, session.range)} apart</small>
                </li>
              ))}
            </ul>
          </div>
          <div class="row">
            <button type="button" class="primary" disabled={busy} onClick={() => onYes(index)}>
              Yes, {person.name}
            </button>
            <button type="button" disabled={busy} onClick={() => onNo(person)}>
              Not {person.name}
            </button>
          </div>
        </li>
      ))}
    </ul>
  );
}

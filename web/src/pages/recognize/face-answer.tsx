import { useState } from 'preact/hooks';
import type { RecognizedFace } from '../../api/types.ts';
import { isShown, livenessText } from '../../components/liveness-text.ts';
import { useSession } from '../../state/session.tsx';
import { useToasts } from '../../state/toasts.tsx';
import { ThisIsDialog } from './this-is-dialog.tsx';
import type { Corrections, FaceOfPicture } from './use-corrections.ts';

/** Who one face is, and who else it could have been. */
export function FaceAnswer(props: {
  readonly face: RecognizedFace;
  readonly number: number;
  readonly maxDistance: number;
  readonly minProbability: number;
  /** `null`: the key may not change the gallery. */
  readonly corrections: Corrections | null;
  readonly of: FaceOfPicture;
}) {
  const { face, number, maxDistance, minProbability, corrections, of } = props;
  const best = face.candidates[0];
  const nearest = face.nearest ?? face.candidates;
  return (
    <article class="card answer" aria-label={`Face ${number}`}>
      <h2>
        {best ? best.person.name : isShown(face) ? 'Not live' : 'Unknown'} <small>face {number}</small>
      </h2>
      {corrections && <CorrectionButtons number={number} corrections={corrections} of={of} />}
      <p>
        {best
          ? sure(best.probability, best.distance)
          : isShown(face)
            ? 'The face is shown to the camera, on paper or a screen: it gets no name.'
            : whyUnknown(nearest, { maxDistance, minProbability })}
      </p>
      {face.liveness && (
        <p class={`badge ${face.liveness.live ? 'known' : 'unknown'}`}>{livenessText(face)}</p>
      )}
      {nearest.length > 0 && (
        <table>
          <caption>
            Nearest people; up to distance {maxDistance} and from {percent(minProbability)} on a face gets the
            name
          </caption>
          <thead>
            <tr>
              <th scope="col">Person</th>
              <th scope="col">Distance</th>
              <th scope="col">Probability</th>
            </tr>
          </thead>
          <tbody>
            {nearest.map(({ person, distance, probability }) => (
              <tr key={person.id} class={distance <= maxDistance ? 'within' : 'beyond'}>
                <th scope="row">{person.name}</th>
                <td>
                  <span class="distance">{distance.toFixed(3)}</span>
                  <DistanceBar distance={distance} maxDistance={maxDistance} />
                </td>
                <td>{percent(probability)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </article>
  );
}

/** "This is ..." for every face, "Not X" for one that has a name. */
function CorrectionButtons(props: {
  readonly number: number;
  readonly corrections: Corrections;
  readonly of: FaceOfPicture;
}) {
  const { number, corrections, of } = props;
  const { fail } = useToasts();
  const [asking, setAsking] = useState(false);
  const [busy, setBusy] = useState(false);
  const person = of.face.candidates[0]?.person;
  const deny = async (who: NonNullable<typeof person>): Promise<void> => {
    setBusy(true);
    await corrections.notThis(of, who).catch(fail);
    setBusy(false);
  };
  return (
    <div class="row">
      <button type="button" onClick={() => setAsking(true)}>
        This is …
      </button>
      {person && (
        <button type="button" disabled={busy} onClick={() => void deny(person)}>
          Not {person.name}
        </button>
      )}
      {asking && (
        <ThisIsDialog
          number={number}
          onName={(name, review) => corrections.thisIs(of, name, review)}
          onClose={() => setAsking(false)}
        />
      )}
    </div>
  );
}

/** A line as long as the distance, with a mark where the threshold is. */
function DistanceBar({ distance, maxDistance }: { readonly distance: number; readonly maxDistance: number }) {
  const { range } = useSession().session;
  const place = (value: number) => 100 * Math.min(1, value / range);
  return (
    <svg class="distance-bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">
      <rect class="rail" width="100" height="8" rx="2" />
      <rect class="length" width={place(distance)} height="8" rx="2" />
      <rect class="mark" x={place(maxDistance) - 0.5} width="1" height="8" />
    </svg>
  );
}

function sure(probability: number, distance: number): string {
  return `Named with probability ${percent(probability)}, at distance ${distance.toFixed(3)}.`;
}

function whyUnknown(
  nearest: readonly { readonly distance: number; readonly probability: number }[],
  { maxDistance, minProbability }: { readonly maxDistance: number; readonly minProbability: number },
): string {
  const [first] = nearest;
  if (!first) return 'The gallery is empty. Add people under Enroll.';
  if (first.distance > maxDistance)
    return `The nearest person is ${first.distance.toFixed(3)} away, beyond the threshold of ${maxDistance}.`;
  const best = Math.max(...nearest.map(({ probability }) => probability));
  return `The most probable person has ${percent(best)}, less than the ${percent(minProbability)} that give a name.`;
}

function percent(share: number): string {
  if (share > 0.999) return '> 99.9 %';
  if (share < 0.001) return '< 0.1 %';
  return `${(share * 100).toFixed(1)} %`;
}

import type { Evaluation } from '../../api/types.ts';

/** Photos worth a look: those that come nearest to being mistaken. */
export function FoundList(props: {
  readonly title: string;
  readonly hint: string;
  readonly found: Evaluation['nearestStrangers'];
  readonly maxDistance: number;
  /** On which side of the threshold the errors are. */
  readonly bad: 'within' | 'beyond';
}) {
  const isBad = (distance: number) => distance <= props.maxDistance === (props.bad === 'within');
  return (
    <section class="card">
      <h2>{props.title}</h2>
      <p class="hint">{props.hint}</p>
      <ol class="list found">
        {props.found.map(({ faceId, person, other, distance, source }) => (
          <li key={faceId} class={isBad(distance) ? 'bad' : ''}>
            <span class="grow">
              {other.id === person.id ? person.name : `${person.name} and ${other.name}`}
              {source !== null && <small class="path">{source}</small>}
            </span>
            <span class="distance">{distance.toFixed(3)}</span>
          </li>
        ))}
      </ol>
    </section>
  );
}

import type { Camera } from '../../api/types.ts';
import type { LiveFeed } from '../../components/live-feed.ts';
import { LiveImage } from '../../components/live-image.tsx';
import { strangerName } from '../../components/stranger-name.ts';
import { timeText } from '../../components/time-text.ts';
import type { Roving } from '../../components/use-roving.ts';

/** One camera: its picture, how it is, and who is in view. */
export function CameraCard(props: {
  readonly camera: Camera;
  readonly feed: LiveFeed | null;
  readonly isLarge: boolean;
  readonly roving: Roving;
  readonly onToggle: () => void;
  /** Enrolls who stands before it; null: nobody may. */
  readonly onEnroll: (() => void) | null;
}) {
  const { camera, feed, isLarge, roving, onEnroll } = props;
  const { name, place, state } = camera;
  return (
    <li class={isLarge ? 'card camera large' : 'card camera'} aria-label={name} {...roving.card(name)}>
      <LiveImage camera={name} feed={feed} note={noteOf(camera)} />
      <div class="camera-text">
        <div class="grow">
          <h2>{name}</h2>
          <p class="quiet">{place}</p>
        </div>
        <p class={`connection ${state === 'up' ? 'open' : ''}`}>
          {state === 'up' ? `${camera.fps.toFixed(1)} frames/s` : STATES[state]}
        </p>
      </div>
      <p class="in-view">{inView(camera)}</p>
      <div class="row actions">
        <button
          type="button"
          class="plain"
          aria-pressed={isLarge}
          aria-label={`${isLarge ? 'Make smaller' : 'Make large'}: ${name}`}
          {...roving.inside(name)}
          onClick={props.onToggle}
        >
          {isLarge ? 'Smaller' : 'Large'}
        </button>
        {onEnroll && (
          <button
            type="button"
            class="plain"
            aria-label={`Enroll somebody here: ${name}`}
            disabled={state === 'lost' || state === 'ended'}
            {...roving.inside(name)}
            onClick={onEnroll}
          >
            Enroll somebody here
          </button>
        )}
      </div>
    </li>
  );
}

const STATES = { starting: 'Starting', lost: 'Lost', ended: 'Ended' } as const;

function noteOf({ state, since, reason }: Camera): string | null {
  const why = reason === null ? '' : `: ${reason}`;
  if (state === 'up') return null;
  if (state === 'starting') return 'Waiting for the first picture …';
  if (state === 'lost') return `No picture since ${timeText(since)}${why}`;
  return reason === null ? 'The film is over' : `Watched no more${why}`;
}

function inView({ state, faces }: Camera): string {
  if (state !== 'up') return 'Nobody can be seen now';
  if (faces.length === 0) return 'Nobody in view';
  const known = faces.flatMap(({ label, stranger }) =>
    label !== null ? [label] : stranger !== null ? [strangerName(stranger)] : [],
  );
  const rest = faces.length - known.length;
  const undecided = rest === 0 ? [] : [rest === 1 ? 'a face' : `${rest} faces`];
  return `In view: ${[...known, ...undecided].join(', ')}`;
}

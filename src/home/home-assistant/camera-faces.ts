import type { FaceEvent, WatchEvent } from '../../watch/watch-event.ts';

/** Who is before one camera, by the events of its faces. Those on the ignore list are nobody's concern. */
export class CameraFaces {
  readonly #faces = new Map<number, FaceEvent>();

  /** Takes an event of the camera. @returns whether other people are there than before */
  handle(event: WatchEvent): boolean {
    const before = this.names.join('\n');
    if (event.type === 'source.lost') this.#faces.clear();
    if ('track' in event && event.type !== 'face.appeared') {
      // Whoever the track was taken for before, it is no more.
      this.#faces.delete(event.track);
      const isNamed = nameOf(event) !== null && event.ignored !== true;
      if (isNamed && event.type !== 'face.left') this.#faces.set(event.track, event);
    }
    return before !== this.names.join('\n');
  }

  /** Brings people up to how they are called now; who is no more goes. */
  rename(nameOfPerson: (personId: string) => string | null): void {
    for (const [track, face] of this.#faces) {
      if (face.label === null || face.personId == null) continue;
      const label = nameOfPerson(face.personId);
      if (label === null) this.#faces.delete(track);
      else if (label !== face.label) this.#faces.set(track, { ...face, label });
    }
  }

  /** Each name once, in the order of their coming. */
  get names(): readonly string[] {
    return [...new Set([...this.#faces.values()].map((event) => nameOf(event)!))];
  }

  /** The names of zones that somebody is in. */
  get zones(): readonly string[] {
    return [...new Set([...this.#faces.values()].flatMap(({ zones }) => zones ?? []))];
  }
}

// What a state of Home Assistant can hold.
const MAX_STATE = 255;

/** Names as one state: `nobody` for none; those that do not fit are counted. */
export function namesState(names: readonly string[]): string {
  if (names.length === 0) return 'nobody';
  const all = names.join(', ');
  if ([...all].length <= MAX_STATE) return all;
  const room = MAX_STATE - ' and 10000 more'.length;
  let shown = '';
  let count = 0;
  for (const name of names) {
    const next = count === 0 ? name : `${shown}, ${name}`;
    if ([...next].length > room) break;
    shown = next;
    count++;
  }
  if (count === 0) return `${[...names[0]!].slice(0, room).join('')}...`;
  return `${shown} and ${names.length - count} more`;
}

function nameOf({ label, stranger }: FaceEvent): string | null {
  return label ?? stranger;
}

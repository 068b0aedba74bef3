import type { ServerEvent } from '../../api/listen-to-events.ts';
import { strangerName } from '../../components/stranger-name.ts';

/** One or more like events after each other. */
export interface EventLine {
  readonly key: string;
  readonly last: ServerEvent;
  readonly times: number;
}

/** Sightings of one person that are not farther apart are one line: a webcam makes some each second. */
const GATHER_MS = 10_000;

/** Makes one line of like events that follow each other; newest first, as the events are. */
export function gatherEvents(events: readonly ServerEvent[]): readonly EventLine[] {
  const lines: { key: string; last: ServerEvent; earliest: ServerEvent; times: number }[] = [];
  for (const event of events) {
    const line = lines.at(-1);
    if (line && isLike(line.earliest, event)) {
      line.times++;
      line.earliest = event;
      // The oldest event names the line, so that it stays the same while newer ones come.
      line.key = keyOf(event);
    } else lines.push({ key: keyOf(event), last: event, earliest: event, times: 1 });
  }
  return lines;
}

/** An event in words. */
export function textOf(event: ServerEvent): string {
  const { type, name, distance } = event;
  switch (type) {
    case 'face.recognized':
      return `${name ?? 'Somebody'} was seen${distance === undefined ? '' : ` (distance ${distance.toFixed(2)})`}`;
    case 'face.unknown':
      return 'Somebody unknown was seen';
    case 'face.spoofed':
      return `A face that is not live was shown${name === undefined ? '' : `, as ${name}`}`;
    case 'person.created':
      return `${name ?? 'A person'} was added`;
    case 'person.changed':
      return `${name ?? 'A person'} was changed`;
    case 'person.deleted':
      return 'A person was deleted';
    case 'appearance.changed':
      return `${event.camera}: ${seenText(event)}`;
    case 'presence.changed':
      return `${whoIn(event)} ${event.what === 'presence.left' ? 'left' : 'arrived'} (${event.place ?? event.camera})`;
    case 'camera.changed':
      if (event.what === 'source.back') return `${event.camera} gives pictures again`;
      return `${event.camera} gives no pictures${event.reason === undefined ? '' : `: ${event.reason}`}`;
  }
}

function whoIn({ name, stranger }: ServerEvent): string {
  return name ?? (stranger === undefined ? 'somebody' : strangerName(stranger));
}

function seenText(event: ServerEvent): string {
  switch (event.what) {
    case 'face.appeared':
      return 'a face appeared';
    case 'face.left':
      return `${whoIn(event)} went out of sight`;
    case 'face.moved':
      return `${whoIn(event)} went into another zone`;
    case 'spoof.detected':
      return 'a face that is not live was shown';
    default:
      return `${whoIn(event)} was seen`;
  }
}

function isLike(newer: ServerEvent, older: ServerEvent): boolean {
  return (
    newer.type.startsWith('face.') &&
    newer.type === older.type &&
    newer.personId === older.personId &&
    Date.parse(newer.time) - Date.parse(older.time) <= GATHER_MS
  );
}

function keyOf({ id, time }: ServerEvent): string {
  return `${id} ${time}`;
}

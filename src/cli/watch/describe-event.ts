import { printable } from '../../core/text/printable.ts';
import type { PresenceEvent, WatchEvent } from '../../watch/watch-event.ts';

/** One line about an event, for people. */
export function describeEvent(event: WatchEvent): string {
  const time = event.time.replace('T', ' ').replace(/\.\d+Z$/, 'Z');
  if (event.type === 'source.lost') {
    return `${time}  ${event.type}  ${printable(event.reason)}; next try in ${event.retryInMs / 1000} s`;
  }
  if (event.type === 'source.back')
    return `${time}  ${event.type}  after ${Math.round(event.downMs / 1000)} s`;
  if ('visit' in event) return `${time}  ${describePresence(event)}`;
  const isSpoof = event.liveness?.live === false && event.label === null && event.stranger === null;
  const shown = event.shows == null ? 'somebody' : event.shows;
  const who =
    event.type === 'spoof.detected'
      ? `${event.liveness?.attackKind ?? 'a picture'} of ${printable(shown)}, not live`
      : printable(event.label ?? event.stranger ?? (isSpoof ? 'not live' : 'not decided yet'));
  const facts = [`track ${event.track}`];
  if (event.label !== null && event.probability !== null)
    facts.push(`${Math.round(event.probability * 100)} %`);
  if (event.liveness) facts.push(`live ${event.liveness.score.toFixed(2)}`);
  if (event.label !== null && event.distance !== null) facts.push(`distance ${event.distance.toFixed(2)}`);
  if (event.type === 'face.moved') facts.push(`in ${event.zones?.map(printable).join(', ') || 'no zone'}`);
  if (event.visibleMs !== undefined) facts.push(`after ${(event.visibleMs / 1000).toFixed(1)} s`);
  return `${time}  ${event.type}  ${who}  (${facts.join(', ')})`;
}

function describePresence({ type, label, stranger, place, camera, durationMs }: PresenceEvent): string {
  const facts = [`${printable(place)}, seen by ${printable(camera)}`];
  if (durationMs !== undefined) facts.push(`was there for ${Math.round(durationMs / 1000)} s`);
  return `${type}  ${printable(label ?? stranger ?? 'somebody')}  (${facts.join(', ')})`;
}

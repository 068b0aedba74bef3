import { compileGlob } from '../../core/text/glob-pattern.ts';
import { canonicalName, sameName } from '../../core/text/person-name.ts';
import type { WatchEvent } from '../watch-event.ts';
import { matchesClock } from './trigger-clock.ts';
import type { Trigger, TriggerConditions } from './trigger-schema.ts';

/**
 * Whether a trigger's conditions hold for an event (the cool-down aside).
 *
 * @param options.timeZone - for the hours; null: this machine's
 */
export function matchesTrigger(
  trigger: Trigger,
  event: WatchEvent,
  options: { readonly timeZone: string | null } = { timeZone: null },
): boolean {
  const { when } = trigger;
  return (
    matchesType(when, event) &&
    matchesPerson(when, event) &&
    matchesWhere(when, event) &&
    concernsSource(trigger, event.source) &&
    matchesClock(when, new Date(event.time), options.timeZone)
  );
}

/** Whom an event is about, for cool-downs: a person, a stranger, or the source itself. */
export function subjectOf(event: WatchEvent): string {
  if (!('label' in event)) return `source:${event.source}`;
  if (event.label !== null) return `person:${canonicalName(event.label)}`;
  return event.stranger === null ? `unknown:${event.source}` : `stranger:${event.stranger}`;
}

/**
 * Remembers when each trigger last fired for each person.
 *
 * @remarks Goes by the events' own times, so that a film gives the same actions however fast it is read.
 */
export class CoolDown {
  readonly #last = new Map<string, number>();

  /** Takes an event that matched. @returns whether the trigger may fire; if so, its pause begins */
  allow(trigger: Trigger, event: WatchEvent, index: number): boolean {
    if (trigger.cooldownSeconds === 0) return true;
    const key = `${index} ${subjectOf(event)}`;
    const time = Date.parse(event.time);
    const last = this.#last.get(key);
    if (last !== undefined && time >= last && time - last < trigger.cooldownSeconds * 1000) return false;
    this.#last.delete(key);
    this.#last.set(key, time);
    // Strangers come without end: the pause that began longest ago makes room.
    if (this.#last.size > 10_000) this.#last.delete(this.#last.keys().next().value!);
    return true;
  }
}

// Whoever a face was told to be is that one in the next zone too: a trigger for a zone fires when the face comes there.
function matchesType(when: TriggerConditions, event: WatchEvent): boolean {
  if (when.events.includes(event.type)) return true;
  if (event.type !== 'face.moved' || when.zone === undefined) return false;
  const { label, stranger, zones = [], entered = [] } = event;
  const isTold =
    when.events.includes('face.appeared') ||
    ((label ?? stranger) !== null && when.events.includes('person.changed')) ||
    (label !== null && when.events.includes('person.recognized')) ||
    (label === null && stranger !== null && when.events.includes('stranger.appeared'));
  const before = zones.filter((zone) => !entered.includes(zone));
  return isTold && isInZone(when, entered) && !isInZone(when, before);
}

/** Whether one of these zones is one that a trigger is for. */
export function isInZone({ zone = [] }: TriggerConditions, names: readonly string[]): boolean {
  return zone.some((one) => names.some((name) => matchesSource(one, name)));
}

function matchesPerson(when: TriggerConditions, event: WatchEvent): boolean {
  if (!('label' in event)) return when.who === undefined;
  if (event.ignored && !when.ignored) return false;
  // A visit has no quality and no distance of its own: its faces were judged before it began.
  if ('track' in event && when.minQuality !== undefined && event.quality < when.minQuality) return false;
  // How sure the recognizer is concerns known people only: a stranger is who nobody was sure of.
  if ('track' in event && event.label !== null) {
    if (when.minProbability !== undefined && !((event.probability ?? 0) >= when.minProbability)) return false;
    if (when.maxDistance !== undefined && !((event.distance ?? Infinity) <= when.maxDistance)) return false;
  }
  if (when.who === undefined) return true;
  return when.who.some((who) => {
    if (who === 'anyone') return true;
    if (who === 'known') return event.label !== null;
    if (who === 'stranger') return event.label === null && event.stranger !== null;
    return event.label !== null && sameName(event.label, who);
  });
}

function matchesWhere(when: TriggerConditions, event: WatchEvent): boolean {
  const { zone, place } = when;
  if (place !== undefined && !place.some((one) => matchesSource(one, event.place ?? ''))) return false;
  if (zone === undefined) return true;
  return isInZone(when, 'zones' in event ? (event.zones ?? []) : []);
}

/** Whether a trigger is for a source, by its name. */
export function concernsSource({ when }: Trigger, source: string): boolean {
  return when.source === undefined || when.source.some((pattern) => matchesSource(pattern, source));
}

// In an address the slashes are no folders: `*` goes over them, as in "rtsp://*door*".
function matchesSource(pattern: string, source: string): boolean {
  return pattern === source || compileGlob(pattern.normalize('NFC'))(source.normalize('NFC'));
}

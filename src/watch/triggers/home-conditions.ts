import { compileGlob } from '../../core/text/glob-pattern.ts';
import type { Triggers } from './read-triggers.ts';
import type { Trigger } from './trigger-schema.ts';
import { triggerTitle } from './unknown-names.ts';

/**
 * Says which triggers never fire in a watch of one camera, as they ask for what only a home knows.
 *
 * @returns a sentence for each
 */
export function homeOnlyConditions({ triggers }: Triggers): string[] {
  return triggers.flatMap((trigger, index) => {
    const asks = homeOnly(trigger);
    if (asks.length === 0) return [];
    const title = triggerTitle(trigger.name, index);
    return [`${title}: a watch of one camera has no ${asks.join(' and no ')}; "face-trigger run" has`];
  });
}

/**
 * Says which places and zones in the triggers no camera has: such a trigger never fires.
 *
 * @returns a sentence for each
 */
export function unknownWheres(
  { triggers }: Triggers,
  known: { readonly places: readonly string[]; readonly zones: readonly string[] },
): string[] {
  return triggers.flatMap(({ name, when }, index) => {
    const title = triggerTitle(name, index);
    const missing = (what: string, patterns: readonly string[] = [], names: readonly string[]) =>
      patterns
        .filter((pattern) => !names.some((one) => one === pattern || compileGlob(pattern)(one)))
        .map((pattern) => `${title}: no camera has a ${what} "${pattern}"${thereAre(names)}`);
    return [...missing('place', when.place, known.places), ...missing('zone', when.zone, known.zones)];
  });
}

function homeOnly({ when }: Trigger): string[] {
  const isOfZones = when.zone !== undefined || when.events.every((event) => event === 'face.moved');
  return [
    ...(when.events.every((event) => event.startsWith('presence.')) ? ['visits'] : []),
    ...(when.place === undefined ? [] : ['place']),
    ...(isOfZones ? ['zones'] : []),
  ];
}

function thereAre(names: readonly string[]): string {
  return names.length === 0 ? '' : `; there are ${[...new Set(names)].join(', ')}`;
}

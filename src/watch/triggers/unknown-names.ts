import { canonicalName } from '../../core/text/person-name.ts';
import { similarNames } from '../../core/text/similar-names.ts';
import type { Triggers } from './read-triggers.ts';

/** Words in `who` that stand for more than one person. */
export const GROUPS: readonly string[] = ['anyone', 'known', 'stranger'];

/**
 * Says which names in the triggers nobody has: such a trigger never fires.
 *
 * @param people - everybody who can be recognized
 * @returns a sentence for each name, with those that may have been meant
 */
export function unknownNames(triggers: Triggers, people: readonly string[]): string[] {
  const known = new Set([...GROUPS, ...people.map(canonicalName)]);
  return triggers.triggers.flatMap((trigger, index) =>
    (trigger.when.who ?? [])
      .filter((name) => !known.has(canonicalName(name)))
      .map((name) => {
        const similar = similarNames(name, [...people, ...GROUPS]).map((one) => `"${one}"`);
        const meant = similar.length === 0 ? '' : `; did you mean ${similar.join(' or ')}?`;
        const pattern = /[*?]/.test(name)
          ? ' (names are not patterns: write each, or known for everybody)'
          : '';
        return `${triggerTitle(trigger.name, index)}: nobody is called "${name}"${pattern}${meant}`;
      }),
  );
}

/** How messages speak of a trigger. */
export function triggerTitle(name: string | undefined, index: number): string {
  return name === undefined ? `trigger ${index + 1}` : `trigger ${index + 1} (${name})`;
}

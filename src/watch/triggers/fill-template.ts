import type { WatchEvent } from '../watch-event.ts';

/** Words in braces that a template may have, and what they stand for. */
const PLACEHOLDERS: Readonly<Record<string, (event: WatchEvent) => string>> = {
  name: (event) => ('label' in event ? (event.label ?? event.stranger ?? 'somebody') : 'nobody'),
  camera: (event) => event.source,
  place: (event) => event.place ?? '',
  zone: (event) => ('zones' in event ? (event.zones ?? []).join(', ') : ''),
  type: (event) => event.type,
  time: (event) => event.time,
  id: (event) => event.id,
};

/** Stands for the picture where it is a field of a form by itself. */
export const PICTURE_PLACEHOLDER = '{picture}';

/** What is wrong with a text of a template. @returns null for nothing */
export function templateMistake(text: string): string | null {
  const unknown = [...text.matchAll(/\{(\w+)\}/g)].find(([, word]) => !Object.hasOwn(PLACEHOLDERS, word!));
  if (!unknown) return null;
  const known = Object.keys(PLACEHOLDERS).map((word) => `{${word}}`);
  return `There is no placeholder ${unknown[0]}; there are ${known.join(', ')}`;
}

/** Fills the texts of a template, however deep they stand, with what an event says. */
export function fillTemplate<Value>(template: Value, event: WatchEvent): Value {
  const fill = (value: unknown): unknown => {
    if (typeof value === 'string')
      return value.replace(/\{(\w+)\}/g, (whole, word: string) => PLACEHOLDERS[word]?.(event) ?? whole);
    if (Array.isArray(value)) return value.map(fill);
    if (value === null || typeof value !== 'object') return value;
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, fill(one)]));
  };
  return fill(template) as Value;
}

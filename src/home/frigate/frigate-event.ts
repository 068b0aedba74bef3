import { z } from 'zod';

/**
 * A message on `frigate/events`, as far as it is needed.
 *
 * @remarks Source: docs.frigate.video/integrations/mqtt. What a broker sends is hostile until it is checked: the id
 * becomes a part of an address, and the camera a name.
 */
const schema = z.object({
  type: z.enum(['new', 'update', 'end']),
  after: z.object({
    id: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/),
    camera: z.string().regex(/^[\p{L}\p{N}][\p{L}\p{N} ._-]{0,99}$/u),
    label: z.string(),
    false_positive: z.boolean().nullish(),
    has_snapshot: z.boolean().nullish(),
    current_zones: z.array(z.string().max(100)).max(100).nullish(),
  }),
});

/** Something that Frigate follows. */
export interface FrigateEvent {
  readonly type: 'new' | 'update' | 'end';
  readonly id: string;
  readonly camera: string;
  readonly label: string;
  readonly zones: readonly string[];
  /** Whether there is a picture of it by now. */
  readonly hasSnapshot: boolean;
}

/** Reads a message. @returns null for one that is none */
export function readFrigateEvent(payload: Buffer): FrigateEvent | null {
  let value: unknown;
  try {
    value = JSON.parse(payload.toString());
  } catch {
    return null;
  }
  const result = schema.safeParse(value);
  if (!result.success || result.data.after.false_positive) return null;
  const { type, after } = result.data;
  const { id, camera, label, current_zones: zones, has_snapshot: hasSnapshot } = after;
  return { type, id, camera, label, zones: zones ?? [], hasSnapshot: hasSnapshot ?? false };
}

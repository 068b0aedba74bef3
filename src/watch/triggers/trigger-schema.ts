import { z } from 'zod';
import { compileGlob } from '../../core/text/glob-pattern.ts';
import { WATCH_EVENT_TYPES } from '../watch-event.ts';
import { DAYS, parseHours } from './trigger-clock.ts';
import { webhookSchema } from './webhook-schema.ts';

const DAY_NAMES = new Map(
  ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'].flatMap((name, i) => [
    [name.toLowerCase(), DAYS[i]!],
    [DAYS[i]!, DAYS[i]!],
  ]),
);

const oneOrMore = <T extends z.ZodType>(item: T) =>
  z
    .union([item, z.array(item).min(1)])
    .transform((value): z.output<T>[] => (Array.isArray(value) ? value : [value]));

const text = z
  .string()
  .min(1)
  .max(1000)
  .regex(/^[^\0]*$/, 'Expected text without NUL');

// Kept as it was written; what cannot be understood is a mistake here and never one at an event.
const pattern = text.superRefine((value, context) => {
  try {
    compileGlob(value);
  } catch (error) {
    context.addIssue((error as Error).message);
  }
});

const hours = z.string().refine((value) => parseHours(value) !== null, {
  error: ({ input }) => {
    const [from, to] = String(input).split('-');
    return from === to && from !== ''
      ? `${String(input)} never comes, as it ends where it begins; leave hours out for the whole day`
      : 'Expected hours of two digits from 00:00 to 24:00, such as 07:00-22:00, or 22:00-06:00 for a night';
  },
});

// "Monday" and "MON" say the same as "mon".
const day = z.preprocess(
  (value) => (typeof value === 'string' ? (DAY_NAMES.get(value.trim().toLowerCase()) ?? value) : value),
  z.enum(DAYS, { error: `Expected a day: ${DAYS.join(', ')}, or its English name` }),
);

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };
const DURATION_FORM = 'Expected a time such as 10s, 5m or 1h';
const MAX_HELD_MS = 24 * 3_600_000;

/** In milliseconds. */
const duration = z
  .string(DURATION_FORM)
  .regex(/^\d+(\.\d+)?(ms|s|m|h)$/, DURATION_FORM)
  .transform((value) => Number.parseFloat(value) * UNITS[/[a-z]+$/.exec(value)![0]]!)
  .refine((ms) => ms > 0 && ms <= MAX_HELD_MS, 'Expected more than nothing, and a day at most');

/** Events that somebody's being there begins with. */
const BEGINNINGS: readonly string[] = [
  'face.appeared',
  'person.recognized',
  'person.changed',
  'stranger.appeared',
  'presence.arrived',
];

const conditions = z
  .strictObject({
    events: oneOrMore(z.enum(WATCH_EVENT_TYPES)).default([
      'person.recognized',
      'person.changed',
      'stranger.appeared',
    ]),
    who: oneOrMore(text).optional(),
    source: oneOrMore(pattern).optional(),
    hours: oneOrMore(hours).optional(),
    days: oneOrMore(day).optional(),
    minProbability: z.number().min(0).max(1).optional(),
    maxDistance: z.number().positive().optional(),
    minQuality: z.number().min(0).max(1).optional(),
    zone: oneOrMore(pattern).optional(),
    place: oneOrMore(pattern).optional(),
    /** Also people on the ignore list. */
    ignored: z.boolean().optional(),
    /** Once somebody was there for so long, in milliseconds. */
    for: duration.optional(),
  })
  .superRefine(({ events, for: held }, context) => {
    const other = held === undefined ? undefined : events.find((event) => !BEGINNINGS.includes(event));
    if (other !== undefined)
      context.addIssue({
        code: 'custom',
        path: ['for'],
        message: `${other} does not go on: for needs other events`,
      });
  });

// The kernel's bound is larger, Windows's is not.
const MAX_COMMAND_BYTES = 30_000;

const command = z
  .tuple([text.max(4000)], z.string().regex(/^[^\0]*$/, 'Expected text without NUL'), {
    error: 'Expected a list of a program and its arguments, such as [notify, --quiet]',
  })
  .refine(
    (argv) => argv.reduce((sum, part) => sum + Buffer.byteLength(part) + 1, 0) <= MAX_COMMAND_BYTES,
    `Expected at most ${MAX_COMMAND_BYTES} bytes in all`,
  );

const topic = text.regex(/^[^#+]+$/, 'Expected a topic without # and +');

const action = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('stdout') }),
  webhookSchema,
  z.strictObject({
    type: z.literal('mqtt'),
    url: z.url({ protocol: /^(mqtts?|wss?)$/ }),
    username: text.optional(),
    password: text.optional(),
    passwordEnv: text.optional(),
    prefix: topic.default('face-trigger'),
    homeAssistant: z.boolean().default(false),
    discoveryPrefix: topic.default('homeassistant'),
    pictures: z.boolean().optional(),
  }),
  z.strictObject({
    type: z.literal('command'),
    command,
    timeoutMs: z.int().min(100).max(3_600_000).default(30_000),
    concurrency: z.int().min(1).max(64).default(2),
  }),
  z.strictObject({
    type: z.literal('speech'),
    text: text.default('Person identified as {name}'),
    voice: z
      .string()
      .regex(/^[\p{L}\p{N}][\p{L}\p{N} _+().-]*$/u)
      .optional(),
  }),
  z.strictObject({ type: z.literal('snapshot'), folder: text }),
]);

const trigger = z.strictObject({
  name: text.optional(),
  when: conditions.prefault({}),
  cooldownSeconds: z
    .number()
    .min(0)
    .max(86_400 * 365)
    .default(0),
  do: oneOrMore(action),
});

/** The triggers of a file. */
export const triggersSchema = z.array(trigger).min(1).max(1000);

/** The shape of a triggers file. */
export const triggerFileSchema = z.strictObject({
  version: z.literal(1).default(1),
  timeZone: z.string().refine(isTimeZone, 'Expected a time zone such as Europe/Paris').optional(),
  triggers: triggersSchema,
});

/** One trigger, with all defaults filled in. */
export type Trigger = z.output<typeof trigger>;
/** What a trigger does. */
export type TriggerAction = z.output<typeof action>;
/** When a trigger fires. */
export type TriggerConditions = z.output<typeof conditions>;

/** An action of one kind. */
export type ActionOf<T extends TriggerAction['type']> = Extract<TriggerAction, { type: T }>;

/** Whether there is a time zone of this name. */
export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

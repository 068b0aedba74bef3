import { z } from 'zod';
import { isTimeZone, triggersSchema } from '../../watch/triggers/trigger-schema.ts';
import { cameraSchema } from './camera-schema.ts';
import { keepSchema } from './keep-schema.ts';
import { serverSchema } from './server-schema.ts';
import {
  brokerSchema,
  doubleTakeSchema,
  enrollByMqttSchema,
  frigateSchema,
  homeAssistantSchema,
  presenceSchema,
  section,
} from './telling-schema.ts';
import { nameSchema, textSchema } from './text-schema.ts';

const MAX_CAMERAS = 64;

/** The networks that all cameras share. */
const recognitionSchema = z.strictObject({
  /** A pack of models, as `--models`. */
  models: textSchema.optional(),
  commercial: z.literal(true).optional(),
  detection: z.enum(['exact', 'fast']).default('fast'),
  precision: z.enum(['fp32', 'int8']).optional(),
  liveness: z.boolean().default(false),
  minProbability: z.number().min(0).max(1).optional(),
  maxDistance: z.number().positive().max(10).optional(),
  /** Threads with a set of networks each. */
  workers: z.int().min(1).max(16).optional(),
  /** Threads of the processor that each of them computes with. */
  threads: z.int().min(1).max(64).optional(),
});

/** The shape of the file that `face-trigger run` takes. */
export const homeConfigSchema = z
  .strictObject({
    version: z.literal(1).default(1),
    /** A gallery's address; a file that does not exist is made. */
    gallery: textSchema.default('gallery.db'),
    recognition: recognitionSchema.prefault({}),
    timeZone: z.string().refine(isTimeZone, 'Expected a time zone such as Europe/Paris').optional(),
    cameras: z
      .record(nameSchema, cameraSchema)
      .refine(
        (cameras) => Object.keys(cameras).length <= MAX_CAMERAS,
        `Expected at most ${MAX_CAMERAS} cameras`,
      )
      .default({}),
    /** Triggers as in a triggers file, or the path of one. */
    triggers: z.union([textSchema, triggersSchema]).optional(),
    presence: presenceSchema.prefault({}),
    /** The broker of those below. */
    mqtt: brokerSchema.optional(),
    homeAssistant: section(homeAssistantSchema),
    frigate: section(frigateSchema),
    doubleTake: section(doubleTakeSchema),
    enrollByMqtt: section(enrollByMqttSchema),
    /** What is kept of what the cameras see. */
    keep: keepSchema.prefault({}),
    /** Folder for pictures of the faces that events tell of. */
    snapshots: textSchema.optional(),
    /** The page and the API; false: none. */
    server: z.union([z.literal(false), serverSchema]).prefault({}),
  })
  .superRefine((config, context) => {
    for (const [message, path] of sameCameras(config.cameras, config.frigate?.cameras ?? []))
      context.addIssue({ code: 'custom', path, message });
    for (const user of ['homeAssistant', 'frigate', 'doubleTake', 'enrollByMqtt'] as const) {
      if (config[user] !== undefined && config.mqtt === undefined)
        context.addIssue({ code: 'custom', path: [user], message: 'Expected mqtt, the broker that it uses' });
    }
  });

/** A checked configuration, with all defaults filled in. */
export type HomeConfig = z.output<typeof homeConfigSchema>;

/** The same for names of cameras that could not be told from each other. */
export function cameraKey(name: string): string {
  return name.normalize('NFKC').toLowerCase();
}

/** Cameras whose events, topics and entities could not be told from each other's, capitals aside. */
function sameCameras(
  cameras: Readonly<Record<string, unknown>>,
  frigate: readonly string[],
): [message: string, path: (string | number)[]][] {
  const seen = new Map<string, string>();
  const places = [
    ...Object.keys(cameras).map((name) => ({ name, path: ['cameras', name] })),
    ...frigate.map((name, i) => ({ name, path: ['frigate', 'cameras', i] })),
  ];
  return places.flatMap(({ name, path }) => {
    const key = cameraKey(name);
    const other = seen.get(key);
    seen.set(key, name);
    if (other === undefined) return [];
    return [[`Expected a name that no other camera has; there is ${other}`, path]];
  });
}

import { z } from 'zod';
import { nameSchema, textSchema } from './text-schema.ts';

const topic = textSchema.regex(/^[^#+]+$/, 'Expected a topic without # and +');

/** Whether a text is the address of a broker. */
export const isBroker = (url: string): boolean =>
  URL.canParse(url) && /^(mqtts?|wss?):$/.test(new URL(url).protocol);

/** The broker that Home Assistant, Frigate and Double Take's automations use. */
export const brokerSchema = z.strictObject({
  /** `mqtt://`, `mqtts://`, `ws://` or `wss://`; `env:NAME` for the content of a variable. */
  url: textSchema
    .max(4000)
    .refine((url) => /^env:/.test(url) || isBroker(url), 'Expected an address such as mqtt://broker.lan'),
  username: textSchema.optional(),
  /** `env:NAME` for the content of a variable. */
  password: textSchema.optional(),
});

/** Who is there, and until when. */
export const presenceSchema = z.strictObject({
  /** Somebody who was not seen for so long has left. */
  leaveAfterSeconds: z.number().min(1).max(86_400).default(300),
  /** Motion before the camera that saw somebody last keeps them there for so long at most; 0: it does not. */
  motionHoldSeconds: z.number().min(0).max(86_400).default(600),
  /** Places that are home, for trackers of Home Assistant. */
  homePlaces: z.array(nameSchema).min(1).optional(),
});

/** MQTT discovery of Home Assistant. */
export const homeAssistantSchema = z.strictObject({
  /** Tells this home from others with the same broker. */
  name: nameSchema.default('home'),
  prefix: topic.default('face-trigger'),
  discoveryPrefix: topic.default('homeassistant'),
  /** Address of the page, as a browser in the home reaches it. */
  pageUrl: z.url({ protocol: /^https?$/ }).optional(),
});

/** Frigate as a source. */
export const frigateSchema = z.strictObject({
  url: z
    .url({ protocol: /^https?$/ })
    .refine(
      (url) => !URL.canParse(url) || (new URL(url).username === '' && new URL(url).password === ''),
      "Expected an address without user name and password: Frigate's sign-in is not supported, its port 5000 needs none",
    ),
  topic: topic.default('frigate/events'),
  /** Frigate's names of cameras. */
  cameras: z.array(nameSchema).min(1).max(64).optional(),
  place: nameSchema.default('home'),
  subLabels: z.boolean().default(true),
});

/** Double Take's topics. */
export const doubleTakeSchema = z.strictObject({
  prefix: topic.default('double-take'),
  /** Double Take's sensors in Home Assistant. */
  sensors: z.boolean().default(true),
  discoveryPrefix: topic.default('homeassistant'),
  base64: z.boolean().default(false),
});

/** Commands of the broker that enroll people before cameras. */
export const enrollByMqttSchema = z.strictObject({
  /** Commands come by TOPIC/set, and each step is told by TOPIC/state. */
  topic: topic.default('face-trigger/enroll'),
});

/** A section that is there with all defaults where it is `true`. */
export const section = <Shape extends z.ZodType>(shape: Shape) =>
  z.preprocess((value) => (value === true ? {} : value === false ? undefined : value), shape.optional());

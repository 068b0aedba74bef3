import { z } from 'zod';
import { nameSchema, textSchema } from './text-schema.ts';

const MAX_ZONES = 50;
const MAX_CORNERS = 100;

const share = z.number().min(0).max(1);
const polygon = z
  .array(z.tuple([share, share], { error: 'Expected a corner [x, y] in shares of the picture, 0 .. 1' }))
  .min(3, 'Expected at least 3 corners')
  .max(MAX_CORNERS);
const faceSize = z.int().min(10).max(4000);

const zone = z.strictObject({
  /** Corners [x, y] in shares of the picture, 0 .. 1, from the upper left corner. */
  polygon,
  /** Smaller faces do not count in this zone, in pixels of the stream that faces are looked for in. */
  minFaceSize: faceSize.optional(),
});

/** One camera of a configuration. */
export const cameraSchema = z
  .strictObject({
    /** As `watch` takes it: an address, a camera of this machine, a film; `env:NAME` for the content of a variable. */
    url: textSchema.max(4000),
    /** A smaller stream of the same camera, to look for faces in; they are cut out of `url` then. */
    detectUrl: textSchema.max(4000).optional(),
    place: nameSchema.default('home'),
    minFaceSize: faceSize.optional(),
    minQuality: share.optional(),
    zones: z
      .record(nameSchema, zone)
      .refine((zones) => Object.keys(zones).length <= MAX_ZONES, `Expected at most ${MAX_ZONES} zones`)
      .default({}),
    /** Faces in these parts are never followed. */
    masks: z.array(polygon).max(MAX_ZONES).default([]),
    /** Look for faces only where something moves. */
    motion: z.boolean().default(true),
    /** How often a second the whole picture is searched while something moves. */
    searchFps: z.number().min(0.1).max(60).default(3),
    /** Seconds without a picture after which the camera is opened again. */
    stallSeconds: z.number().min(1).max(3600).optional(),
    /** How often a second a still picture is asked for, and how often a film is read. */
    fps: z.number().min(0.001).max(1000).optional(),
    /** Wider pictures are scaled down. */
    maxWidth: z.int().min(64).max(8192).optional(),
  })
  .refine(({ url, detectUrl }) => url !== detectUrl, {
    path: ['detectUrl'],
    error: 'Expected another stream than url; leave detectUrl out where there is only one',
  });

/** One camera, with its defaults filled in. */
export type CameraConfig = z.output<typeof cameraSchema>;
/** A zone of a camera. */
export type ZoneConfig = z.output<typeof zone>;

// The small build of zod: a browser reads packs too.
import * as z from 'zod/mini';

// Without it every message says "Invalid input"; the whole of zod sets it by itself.
z.config(z.locales.en());

/** What a model does. */
export const MODEL_KINDS = ['detector', 'landmarks', 'embedder', 'liveness'] as const;
export type ModelKind = (typeof MODEL_KINDS)[number];

/** Numbers that a model computes with: 32-bit floats, or quantized to bytes. */
export const MODEL_PRECISIONS = ['fp32', 'int8'] as const;
export type ModelPrecision = (typeof MODEL_PRECISIONS)[number];

const hash = z.string().check(z.regex(/^[0-9a-f]{64}$/, 'expected 64 lower-case hexadecimal digits'));
const text = z.string().check(z.minLength(1));
const positive = z.number().check(z.positive());
const notNegative = z.number().check(z.minimum(0));
const share = z.number().check(z.minimum(0), z.maximum(1));
const point = z.readonly(z.tuple([z.number(), z.number()]));
const pointIndex = z.int().check(z.minimum(0));
const pointIndices = z.readonly(z.array(pointIndex).check(z.minLength(1)));

const layout = z
  .strictObject({
    name: text,
    points: z.readonly(z.array(z.string()).check(z.minLength(3))),
    leftEye: pointIndices,
    rightEye: pointIndices,
    nose: pointIndex,
    mouth: z.optional(pointIndices),
    noseDrop: z.number(),
  })
  .check(
    z.refine(
      ({ points, leftEye, rightEye, nose, mouth = [] }) =>
        [...leftEye, ...rightEye, nose, ...mouth].every((index) => index < points.length),
      'an index names no point of the layout',
    ),
  );

const otherPlaces = z.strictObject({ layout: text, points: z.readonly(z.array(z.nullable(point))) }).check(
  z.refine(({ points }) => points.filter((place) => place !== null).length >= 2, {
    message: 'expected places of at least two points',
  }),
);

const evidence = z.strictObject({ midpoint: z.number(), scale: positive, perReference: notNegative });

const embedderFacts = z.strictObject({
  dimension: z.int().check(z.minimum(1), z.maximum(65_536)),
  chip: z
    .strictObject({
      size: z.int().check(z.minimum(16), z.maximum(4096)),
      layout,
      points: z.readonly(z.array(point)),
      fit: z.optional(z.enum(['span', 'affine'])),
      others: z.optional(z.readonly(z.array(otherPlaces))),
    })
    .check(
      z.refine(({ layout: { points }, points: places }) => places.length === points.length, {
        message: 'expected a place in the chip for each point of the layout',
      }),
    ),
  input: z.strictObject({
    colors: z.enum(['rgb', 'bgr']),
    normalization: z.nullable(
      z.strictObject({
        mean: z.readonly(z.array(z.number())),
        deviation: z.readonly(z.array(positive)),
      }),
    ),
  }),
  metric: z.enum(['euclidean', 'cosine']),
  lengthRule: z.nullable(
    z.strictObject({ length: positive, applies: z.enum(['when even', 'always', 'never']) }),
  ),
  thresholds: z.strictObject({
    verify: positive,
    identify: positive,
    samePhoto: positive,
    variation: positive,
    copy: positive,
    farthest: positive,
  }),
  evidence: z.strictObject({ fast: evidence, balanced: evidence, best: evidence }),
  calibration: z.strictObject({ midpoint: positive, scale: positive }),
  impostors: z.optional(
    z.strictObject({ mean: z.number().check(z.minimum(-1), z.maximum(1)), deviation: positive }),
  ),
});

/** Schema of all that is asked of an embedder; it may say more. */
export const EMBEDDER_PROFILE = z.looseObject({
  ...embedderFacts.shape,
  ...{ id: text, sha256: hash, licence: z.string() },
});

/** Schema of what an embedder's distances mean, for whoever keeps it beside embeddings. */
export const EMBEDDER_DISTANCES = z.pick(embedderFacts, {
  ...{ metric: true, lengthRule: true, thresholds: true, evidence: true, calibration: true },
});

/** Schema of what a part says of its licenses: SPDX expressions, or "unknown". */
export const MODEL_LICENCE = z.strictObject({ code: z.string(), weights: z.string(), data: z.string() });

/** What stands here takes the place of what the adapter knows of its family. */
const detectorFacts = z.strictObject({
  minScore: z.exactOptional(z.number()),
  uprightScore: z.exactOptional(z.number()),
  steadyScore: z.exactOptional(z.number()),
  clearScore: z.exactOptional(z.number()),
  roughBelow: z.exactOptional(notNegative),
  smallestFace: z.exactOptional(positive),
  largestFace: z.exactOptional(positive),
});

/** What the files of a liveness network do not say. */
const livenessFacts = z.strictObject({
  /** How many times as wide and high as the face the part of the picture is that the network is shown. */
  cropScale: z.number().check(z.minimum(1), z.maximum(10)),
  /** Least score of a live face. */
  threshold: z.exactOptional(share),
});

const common = {
  /** Name that stands in classifiers and galleries made with the model. */
  id: text.check(z.maxLength(200)),
  /** Hash that tells embeddings of this model from those of others, however the file is written. */
  identity: hash,
  precision: z.enum(MODEL_PRECISIONS),
  /** Which code runs the file. */
  adapter: text,
  /** A plain name: a pack must not lead out of its folder. */
  file: z.string().check(z.regex(/^[\w-][\w.-]*$/, 'expected a plain file name')),
  bytes: z.int().check(z.minimum(1)),
  sha256: hash,
  source: z.strictObject({ file: z.string(), sha256: hash, origin: z.string() }),
  licence: MODEL_LICENCE,
};

const part = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('detector'), ...common, facts: z.exactOptional(detectorFacts) }),
  z.strictObject({ kind: z.literal('landmarks'), ...common }),
  z.strictObject({ kind: z.literal('embedder'), ...common, facts: embedderFacts }),
  z.strictObject({ kind: z.literal('liveness'), ...common, facts: livenessFacts }),
]);

/** What a pack may be called. */
export const PACK_NAME = /^[a-z0-9][a-z0-9._-]{0,63}$/;
const packName = z
  .string()
  .check(z.regex(PACK_NAME, 'expected up to 64 lower-case letters, digits, ".", "_" or "-"'));

/** Schema of `face-trigger.json`, the description of a folder of models. */
export const MODEL_PACK = z.strictObject({
  format: z.literal('face-trigger-models'),
  version: z.literal(1),
  name: packName,
  /** What the models are, in one line. */
  title: z.string(),
  /** Name of the pack that gives the kinds of models which this one does not have. */
  base: z.exactOptional(packName),
  /** Of the converter that wrote the files; a pack of another one is built anew. */
  converterVersion: z.optional(z.int()),
  parts: z.readonly(z.array(part).check(z.minLength(1))),
});

/** Name of the file that makes a folder a pack. */
export const MODEL_PACK_FILE = 'face-trigger.json';

type WrittenPack = z.infer<typeof MODEL_PACK>;
type WrittenPart = WrittenPack['parts'][number];

/** A folder of models that belong together. */
export interface ModelPack extends Omit<WrittenPack, 'parts'> {
  readonly parts: readonly ModelPart[];
}
/** One file of a pack. */
export type ModelPart = Exclude<WrittenPart, { readonly kind: 'embedder' }> | EmbedderPart;
export type DetectorPart = Extract<WrittenPart, { readonly kind: 'detector' }>;
export type EmbedderPart = Extract<WrittenPart, { readonly kind: 'embedder' }> & {
  /** The embedders of other packs that it is made of, where packs are named together; it has no file then. */
  readonly members?: readonly EmbedderPart[] | undefined;
};
export type LivenessPart = Extract<WrittenPart, { readonly kind: 'liveness' }>;

/** What may stand for one pack: its name, or those of several whose embedders work as one, as in "dlib+mobilefacenet". */
export const PACK_NAMES = new RegExp(
  `^${PACK_NAME.source.slice(1, -1)}([+]${PACK_NAME.source.slice(1, -1)})*$`,
);

/** Whether a name stands for several packs. */
export function areSeveral(models: string): boolean {
  return models.includes('+') && PACK_NAMES.test(models);
}

/** What a pack gets from its base: the kinds of models that it does not have itself. */
export function lentParts(pack: ModelPack, base: ModelPack): ModelPart[] {
  const own = new Set(pack.parts.map(({ kind }) => kind));
  return base.parts.filter(({ kind }) => !own.has(kind));
}

import { z } from 'zod';

// What requests and answers are made of. What a client sends is read strictly, but for numbers and booleans that come
// as text, which is all that an address can hold; what the server answers has no property that is not named here.

/** The number that a text is, as addresses write numbers; anything else as it came. */
const fromText = (value: unknown): unknown =>
  typeof value === 'string' && value.trim() !== '' && !Number.isNaN(Number(value)) ? Number(value) : value;

/** Bounds of a number, both inclusive. */
interface Bounds {
  readonly min?: number | undefined;
  readonly max?: number | undefined;
}

/** A finite number of a request. */
export const numberField = ({
  min = Number.NEGATIVE_INFINITY,
  max = Number.POSITIVE_INFINITY,
}: Bounds = {}) => {
  const bounded = [
    ...(Number.isFinite(min) ? [z.gte(min)] : []),
    ...(Number.isFinite(max) ? [z.lte(max)] : []),
  ];
  return z.preprocess(fromText, z.number().check(...bounded));
};

/** An integer of a request. */
export const integerField = ({ min, max }: { readonly min: number; readonly max: number }) =>
  z.preprocess(fromText, z.int().min(min).max(max));

/** `true` or `false` of a request. */
export const booleanField = () =>
  z.preprocess((value) => (value === 'true' ? true : value === 'false' ? false : value), z.boolean());

/**
 * A list of a request.
 *
 * @param options.texts - whether numbers may come as text
 * @remarks Its length is looked at before its items: a list of rubbish must not cost a complaint for each.
 */
export const listField = <Item extends z.ZodType>(
  item: Item,
  {
    min,
    max,
    texts = false,
  }: { readonly min: number; readonly max: number; readonly texts?: boolean | undefined },
) =>
  z.preprocess((value, context) => {
    if (!Array.isArray(value)) return value;
    if (value.length <= max) return texts && value.some(isText) ? value.map(fromText) : value;
    context.issues.push({ code: 'too_big', origin: 'array', maximum: max, inclusive: true, input: value });
    return z.NEVER;
  }, z.array(item).min(min).max(max));

const isText = (value: unknown): boolean => typeof value === 'string';

/** A list of an answer. */
export const list = <Item extends z.ZodType>(item: Item) => z.array(item).readonly();

/** An id of the gallery. */
export const UUID = z.string().regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, {
  error: 'an id, such as 3f0c2f6e-8a0e-4c1b-9d55-0a6f0c9d2b11',
});
export const ID_PARAMETERS = z.strictObject({ id: UUID });

export const NAME = z.string().min(1).max(200).describe('Unique in the gallery');
/** What is asked for; answers have times. The routes read it. */
export const EXPIRY = z
  .string()
  .max(40)
  .describe('A day to come, such as 2027-06-30, which means its first moment in UTC, or a time with a zone');
export const SOURCE = z.string().max(1000);

const EMBEDDING_LENGTH = { min: 2, max: 4096 } as const;
const EMBEDDING_TEXT = 'As many numbers as the embedder gives';
/** An embedding of a request. Its texts are read at once: a schema for each number would cost 10 µs of a search. */
export const EMBEDDING_FIELD = listField(z.number(), { ...EMBEDDING_LENGTH, texts: true }).describe(
  EMBEDDING_TEXT,
);
/** An embedding of an answer. */
export const EMBEDDING = z
  .array(z.number())
  .min(EMBEDDING_LENGTH.min)
  .max(EMBEDDING_LENGTH.max)
  .readonly()
  .describe(EMBEDDING_TEXT);

export const BOX = z.object({ left: z.number(), top: z.number(), width: z.number(), height: z.number() });
/** What a route answers that has nothing to say. */
export const NOTHING = z.undefined().describe('Done');
/** What every route answers that fails for a reason of the request. */
export const ERROR = z.object({
  error: z.object({
    code: z.string(),
    message: z.string(),
    details: z.record(z.string(), z.unknown()).optional().describe('Facts of the failure, by its code'),
  }),
});

export const PAGE_QUERY = z.strictObject({
  limit: integerField({ min: 1, max: 1000 }).default(100),
  cursor: z.string().max(100).describe('nextCursor of the page before').exactOptional(),
  query: z.string().max(200).describe('Text that names contain').exactOptional(),
});
export const pageOf = <Item extends z.ZodType>(item: Item) =>
  z.object({ items: list(item), nextCursor: z.string().nullable() });

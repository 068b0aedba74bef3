import { z } from 'zod';

type Override = NonNullable<z.core.ToJSONSchemaParams['override']>;

/** The JSON Schema of what a route answers. */
export function toJsonSchema(schema: z.ZodType): object {
  return z.toJSONSchema(schema, { io: 'output', unrepresentable: 'any', override: mendJsonSchema });
}

/** Makes the JSON Schemas that zod writes as short as a person would write them, and gives dates a type. */
export const mendJsonSchema: Override = ({ zodSchema, jsonSchema }) => {
  const { def } = (zodSchema as z.core.$ZodTypes)._zod;
  const { type } = def;
  if (type === 'date') Object.assign(jsonSchema, { type: 'string', format: 'date-time' });
  if (type === 'undefined') jsonSchema.type = 'null';
  if (type === 'nullable') joinTypes(jsonSchema);
  // Lists are read-only for our own code; that is nothing to tell a client.
  if (type === 'readonly') delete jsonSchema.readOnly;
  // zod leaves it out of what is read from text.
  if (type === 'default') jsonSchema.default = def.defaultValue;
  if (type === 'record') delete jsonSchema.propertyNames;
  // The bounds of what a double can count.
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
};

/** `{ type: ['string', 'null'] }` in place of a choice of two. */
function joinTypes(schema: z.core.JSONSchema.BaseSchema): void {
  const [inner, ...others] = schema.anyOf ?? [];
  if (typeof inner !== 'object' || typeof inner.type !== 'string' || others.length !== 1) return;
  delete schema.anyOf;
  const own = { ...schema };
  Object.assign(schema, inner, own, { type: [inner.type, 'null'] });
  // A list of values forbids whatever it does not name.
  if (schema.enum) schema.enum = [...schema.enum, null];
}

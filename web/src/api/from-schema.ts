/** The type that a JSON Schema of the server describes, so that page and server can't disagree. */
export type FromSchema<Schema> = Schema extends { readonly enum: readonly (infer Value)[] }
  ? Value
  : Schema extends { readonly type: infer Type }
    ? Type extends readonly (infer One)[]
      ? OfType<One, Schema>
      : OfType<Type, Schema>
    : unknown;

type OfType<Type, Schema> = Type extends 'string'
  ? string
  : Type extends 'number' | 'integer'
    ? number
    : Type extends 'boolean'
      ? boolean
      : Type extends 'null'
        ? null
        : Type extends 'array'
          ? readonly FromSchema<Schema extends { readonly items: infer Item } ? Item : never>[]
          : Type extends 'object'
            ? FromObject<Schema>
            : never;

type FromObject<Schema> = Schema extends { readonly properties: infer Properties }
  ? { readonly [Name in keyof Properties]: FromSchema<Properties[Name]> }
  : Schema extends { readonly additionalProperties: infer Value }
    ? Readonly<Record<string, FromSchema<Value>>>
    : never;

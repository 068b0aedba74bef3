/** Options of which none is `undefined`: what is not there has its default. */
export type WithoutUndefined<Options> = { [Key in keyof Options]: Exclude<Options[Key], undefined> };

/** Leaves out what is `undefined`, which spread over defaults would take their place. */
export function withoutUndefined<Options extends object>(options: Options): WithoutUndefined<Options> {
  const entries = Object.entries(options).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as WithoutUndefined<Options>;
}

/** Some or all properties of a type: one that is `undefined` means the same as one that is not there. */
export type Optional<Type> = { [Key in keyof Type]?: Type[Key] | undefined };

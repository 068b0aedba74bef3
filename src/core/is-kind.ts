interface Kinds {
  readonly ArrayBuffer: ArrayBuffer;
  readonly DataView: DataView;
  readonly Date: Date;
  readonly Float32Array: Float32Array;
  readonly Float64Array: Float64Array;
  readonly URL: URL;
  readonly Uint8Array: Uint8Array;
}

/**
 * Whether a value is of a built-in class, whichever realm it comes from.
 *
 * @remarks `instanceof` knows the classes of one realm only. Jest, and vitest with `pool: 'vmForks'`, run programs in
 * a context of node:vm, where `Float32Array` is another class than the one that native code makes its arrays with.
 */
export function isKind<Kind extends keyof Kinds>(value: unknown, kind: Kind): value is Kinds[Kind] {
  return typeof value === 'object' && Object.prototype.toString.call(value) === `[object ${kind}]`;
}

/** As {@link isKind}, for errors. */
export function isError(value: unknown): value is Error {
  return value instanceof Error || Object.prototype.toString.call(value) === '[object Error]';
}

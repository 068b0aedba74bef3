import { invalidArgument } from '../errors.ts';

/** What {@link assertPort} looks for. */
export interface PortShape {
  /** The port with its article, such as "a FaceDetector". */
  readonly port: string;
  readonly methods: readonly string[];
  /** Members that hold facts, such as the profile. @defaultValue none */
  readonly facts?: readonly string[] | undefined;
}

/**
 * Checks a part that a caller hands in: what is none would fail far from where it was given, and callers in JavaScript
 * may hand in anything.
 *
 * @param name - the argument's name, such as "options.detector"
 * @throws FaceTriggerError `ERR_INVALID_ARGUMENT`
 */
export function assertPort(value: unknown, name: string, { port, methods, facts = [] }: PortShape): void {
  const isObject = (thing: unknown): thing is Readonly<Record<string, unknown>> =>
    typeof thing === 'object' && thing !== null;
  if (!isObject(value)) throw invalidArgument(port, name, value);
  for (const method of methods) {
    if (typeof value[method] === 'function') continue;
    throw invalidArgument(`a function, as ${port} has`, `${name}.${method}`, value[method]);
  }
  for (const fact of facts) {
    if (!isObject(value[fact])) {
      throw invalidArgument(`an object, as ${port} has`, `${name}.${fact}`, value[fact]);
    }
  }
}

/** Ends a request. */
export interface Cancelable {
  readonly signal?: AbortSignal | undefined;
}

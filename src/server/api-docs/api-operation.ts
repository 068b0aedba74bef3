/** What the API's description adds to a route: a name for clients that are generated from it, and examples. */
export interface ApiOperation {
  /** Unique; generated clients call their function so. */
  readonly id: string;
  /** A body that the route takes, where it takes JSON. */
  readonly body?: unknown;
  /** What the route answers to it. */
  readonly answer?: unknown;
}

/** One thing to deliver. */
export interface QueueEntry {
  /** The event's. */
  readonly id: string;
  /** Whom it is for. */
  readonly target: string;
  readonly body: string;
  /** When it was accepted, in milliseconds since 1970. */
  readonly addedAt: number;
}

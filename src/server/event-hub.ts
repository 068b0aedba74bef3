/** Something that happened, as clients of `/api/v1/events` receive it. */
export interface ServerEvent {
  /** Grows with each event: of a server's run, or of all servers over a database. */
  readonly id: number;
  readonly type:
    | 'face.recognized'
    | 'face.unknown'
    | 'face.spoofed'
    | 'person.created'
    | 'person.changed'
    | 'person.deleted'
    | 'appearance.changed'
    | 'presence.changed'
    | 'camera.changed';
  /** ISO 8601. */
  readonly time: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Events that a client that was away can still get. */
const KEPT = 100;

/** Passes events on to whoever listens: of one server, or of all that belong together. */
export interface ServerEvents {
  /** How many listen. */
  readonly listeners: number;
  /** Never rejects, and fulfils when listeners everywhere can know of the event. */
  publish(type: ServerEvent['type'], data: ServerEvent['data']): Promise<void>;
  /** Events after an id that are still kept. */
  since(id: number): readonly ServerEvent[] | Promise<readonly ServerEvent[]>;
  /** Drops what is kept about people who are gone, but that they are. */
  forget(isGone: (personId: string) => Promise<boolean>): Promise<void>;
  /** @returns a function that ends the subscription */
  subscribe(listener: (event: ServerEvent) => void): () => void;
}

/** Passes the events of one server on to whoever listens, and keeps the last ones. */
export class EventHub implements ServerEvents {
  readonly #listeners = new Set<(event: ServerEvent) => void>();
  #recent: ServerEvent[] = [];
  #lastId = 0;

  /** How many listen. */
  get listeners(): number {
    return this.#listeners.size;
  }

  async publish(type: ServerEvent['type'], data: ServerEvent['data']): Promise<void> {
    const event = { id: ++this.#lastId, type, time: new Date().toISOString(), data };
    this.#recent = [...this.#recent.slice(1 - KEPT), event];
    for (const listener of this.#listeners) listener(event);
  }

  /** Events after an id that are still kept. */
  since(id: number): readonly ServerEvent[] {
    return this.#recent.filter((event) => event.id > id);
  }

  /** Drops what is kept about people who are gone, but that they are. */
  async forget(isGone: (personId: string) => Promise<boolean>): Promise<void> {
    const gone = new Set<unknown>();
    for (const id of new Set(this.#recent.map(({ data }) => data['personId']))) {
      if (typeof id === 'string' && (await isGone(id))) gone.add(id);
    }
    this.#recent = this.#recent.filter(
      ({ type, data }) => type === 'person.deleted' || !gone.has(data['personId']),
    );
  }

  /** @returns a function that ends the subscription */
  subscribe(listener: (event: ServerEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

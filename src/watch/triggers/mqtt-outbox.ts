/** A message for a broker. */
export interface MqttMessage {
  readonly topic: string;
  /** Bytes are for pictures. */
  readonly payload: string | Buffer;
  /** Kept by the broker for those who come later: only the newest of a topic matters. */
  readonly retain: boolean;
}

/** Options of {@link MqttOutbox}. */
export interface MqttOutboxOptions {
  /** Hands a message to the broker. @returns once that is over: whether the broker has the message, or never will */
  readonly send: (message: MqttMessage) => Promise<boolean>;
  /** Whether the broker can be reached. */
  readonly ready: () => boolean;
  /** Messages that wait at most, the retained ones aside. @defaultValue {@link DEFAULT_OUTBOX_CAPACITY} */
  readonly capacity?: number | undefined;
}

/** Default of {@link MqttOutboxOptions.capacity}: some 2 MB of events. */
export const DEFAULT_OUTBOX_CAPACITY = 1000;

// Messages that the broker has not confirmed yet.
const IN_FLIGHT = 16;

/**
 * Messages on their way to a broker, in order. While it is away they wait; when too many do, the oldest go, and are
 * counted.
 */
export class MqttOutbox {
  readonly #options: MqttOutboxOptions;
  readonly #sending = new Set<Promise<unknown>>();
  #waiting: MqttMessage[] = [];
  #dropped = 0;
  #wake: (() => void) | null = null;
  // Those who wait until nothing of what was there when they came is left.
  readonly #waiters = new Set<{ readonly left: Set<MqttMessage>; readonly resolve: () => void }>();
  readonly #underWay = new Set<MqttMessage>();

  constructor(options: MqttOutboxOptions) {
    this.#options = options;
  }

  /** Whether nothing waits and all that was sent is confirmed. */
  get idle(): boolean {
    return this.#waiting.length === 0 && this.#sending.size === 0;
  }

  /** Whether something waits that the broker would not be told again. */
  get hasEvents(): boolean {
    return this.#waiting.some((message) => !message.retain);
  }

  /** Adds a message. @returns how many were dropped for it */
  push(message: MqttMessage): number {
    if (message.retain) {
      const isOld = (one: MqttMessage) => one.retain && one.topic === message.topic;
      for (const old of this.#waiting.filter(isOld)) this.#over(old);
      this.#waiting = this.#waiting.filter((one) => !isOld(one));
    }
    this.#waiting.push(message);
    const events = this.#waiting.filter((one) => !one.retain);
    const excess = Math.max(0, events.length - (this.#options.capacity ?? DEFAULT_OUTBOX_CAPACITY));
    if (excess > 0) {
      const gone = new Set(events.slice(0, excess));
      this.#waiting = this.#waiting.filter((one) => !gone.has(one));
      for (const old of gone) this.#over(old);
      this.#dropped += excess;
    }
    this.flush();
    return excess;
  }

  /** Sends what waits, as far as the broker takes it. */
  flush(): void {
    while (this.#options.ready() && this.#sending.size < IN_FLIGHT) {
      const message = this.#waiting.shift();
      if (!message) break;
      this.#underWay.add(message);
      const sending: Promise<unknown> = this.#options.send(message).then((isOver) => {
        this.#sending.delete(sending);
        this.#underWay.delete(message);
        // Whoever waits for one of which nobody knows waits on: it is to be told again.
        if (isOver) this.#over(message);
        this.flush();
      });
      this.#sending.add(sending);
    }
    if (this.idle) this.#wake?.();
  }

  /** How many messages were dropped since this was last asked. */
  takeDropped(): number {
    const dropped = this.#dropped;
    this.#dropped = 0;
    return dropped;
  }

  /** Settles when the broker has confirmed all that is here now, or something newer took its place, or it was dropped. */
  confirmed(): Promise<void> {
    const left = new Set([...this.#waiting, ...this.#underWay]);
    if (left.size === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#waiters.add({ left, resolve });
    });
  }

  /** Waits until all is sent, at most so long. */
  async drained(timeoutMs: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      timer = setTimeout(resolve, timeoutMs);
      this.flush();
    });
    clearTimeout(timer);
    this.#wake = null;
  }

  #over(message: MqttMessage): void {
    for (const waiter of this.#waiters) {
      waiter.left.delete(message);
      if (waiter.left.size > 0) continue;
      this.#waiters.delete(waiter);
      waiter.resolve();
    }
  }
}

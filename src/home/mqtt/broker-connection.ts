import type { MqttClient } from 'mqtt';
import { redact } from '../../watch/source/redact.ts';
import { type MqttMessage, MqttOutbox } from '../../watch/triggers/mqtt-outbox.ts';

/** How a broker is reached. */
export interface BrokerAccount {
  /** `mqtt:`, `mqtts:`, `ws:` or `wss:`. */
  readonly url: string;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
}

/** Options of {@link BrokerConnection.open}. */
export interface BrokerConnectionOptions extends BrokerAccount {
  /** Topic that says `online` while this process is there, and `offline` once it is not, retained. */
  readonly statusTopic?: string | undefined;
  /** Topics to listen to. */
  readonly topics?: readonly string[] | undefined;
  /** Takes what comes on them. */
  readonly onMessage?: ((message: BrokerMessage) => void) | undefined;
  /** At each connection, after the subscription: says anew what the broker should keep. */
  readonly onConnect?: (() => void) | undefined;
  /** Messages that wait at most while the broker is away, the retained ones aside. */
  readonly capacity?: number | undefined;
  /** Pause before the next try, in milliseconds. @defaultValue 2000 */
  readonly reconnectMs?: number | undefined;
  readonly log: (message: string) => void;
}

/** What came from a broker. */
export interface BrokerMessage {
  readonly topic: string;
  readonly payload: Buffer;
  /** It was kept by the broker, and not sent just now. */
  readonly retained: boolean;
}

/** One connection to a broker, with its last will; it comes back by itself. Quality of service is 1. */
export class BrokerConnection {
  readonly #options: BrokerConnectionOptions;
  readonly #client: MqttClient;
  readonly #outbox: MqttOutbox;
  #lastError = '';
  #ended = false;

  /** Starts connecting; returns at once. The `mqtt` package is loaded here. */
  static async open(options: BrokerConnectionOptions): Promise<BrokerConnection> {
    const { connect } = await import('mqtt');
    const { url, username, password, statusTopic, reconnectMs = 2000 } = options;
    const will = statusTopic && {
      topic: statusTopic,
      payload: Buffer.from('offline'),
      qos: 1 as const,
      retain: true,
    };
    const client = connect(url, {
      ...(username === undefined ? {} : { username }),
      ...(password === undefined ? {} : { password }),
      reconnectPeriod: reconnectMs,
      ...(will ? { will } : {}),
    });
    return new BrokerConnection(options, client);
  }

  private constructor(options: BrokerConnectionOptions, client: MqttClient) {
    this.#options = options;
    this.#client = client;
    this.#outbox = new MqttOutbox({
      send: (message) => this.#send(message),
      ready: () => client.connected,
      capacity: options.capacity,
    });
    client.on('error', (error) => {
      // A broker that is away is said once, not at every try.
      if (error.message !== this.#lastError && !this.#ended) this.#log(error.message);
      this.#lastError = error.message;
    });
    client.on('connect', () => void this.#onConnect());
    client.on('message', (topic, payload, packet) => {
      if (this.#ended) return;
      if (topic === options.statusTopic) this.#keepOnline(payload.toString(), packet.retain);
      else options.onMessage?.({ topic, payload, retained: packet.retain });
    });
  }

  /** Whether the broker can be reached at this moment. */
  get connected(): boolean {
    return this.#client.connected;
  }

  /** Sends a message, or keeps it until the broker is back. */
  push(message: MqttMessage): void {
    if (!this.#ended) this.#outbox.push(message);
  }

  /** Settles when the broker has confirmed all that was pushed so far, or something newer took its place. */
  confirmed(): Promise<void> {
    return this.#outbox.confirmed();
  }

  /** Waits until all is sent, at most so long, says `offline` and leaves. */
  async close(graceMs: number): Promise<void> {
    const { statusTopic } = this.#options;
    if (statusTopic !== undefined) this.push({ topic: statusTopic, payload: 'offline', retain: true });
    this.#ended = true;
    const away = !this.#client.connected && this.#lastError !== '';
    if (!away || this.#outbox.hasEvents) await this.#outbox.drained(graceMs);
    this.#sayDropped();
    // Without its goodbye the broker would publish the last will.
    await this.#client.endAsync(!(this.#client.connected && this.#outbox.idle));
  }

  async #onConnect(): Promise<void> {
    this.#lastError = '';
    this.#sayDropped();
    const { topics = [], statusTopic, onConnect } = this.#options;
    const all = [...topics, ...(statusTopic === undefined ? [] : [statusTopic])];
    try {
      if (all.length > 0) await this.#client.subscribeAsync(all, { qos: 1 });
    } catch (error) {
      this.#log(`cannot listen to ${all.join(', ')}: ${(error as Error).message}`);
    }
    if (this.#ended) return;
    if (statusTopic !== undefined) this.push({ topic: statusTopic, payload: 'online', retain: true });
    onConnect?.();
    this.#outbox.flush();
  }

  // The last will of an earlier process of the same name: this one is still there.
  #keepOnline(payload: string, retained: boolean): void {
    if (payload === 'offline' && !retained)
      this.push({ topic: this.#options.statusTopic!, payload: 'online', retain: true });
  }

  /** @returns false where the connection ended before the broker confirmed it */
  async #send({ topic, payload, retain }: MqttMessage): Promise<boolean> {
    try {
      await this.#client.publishAsync(topic, payload, { qos: 1, retain });
    } catch (error) {
      if (this.#ended) return false;
      this.#log(`${topic}: ${(error as Error).message}`);
    }
    return true;
  }

  #sayDropped(): void {
    const dropped = this.#outbox.takeDropped();
    if (dropped > 0) this.#log(`${dropped} messages were dropped while the broker was away`);
  }

  #log(message: string): void {
    const { url, username, password, log } = this.#options;
    const known = [url, username, password].filter((one) => one !== undefined);
    log(`mqtt ${redact(url, known)}: ${redact(message, known)}`);
  }
}

import { randomUUID } from 'node:crypto';
import type { MqttClient } from 'mqtt';
import { redact } from '../source/redact.ts';
import type { FaceEvent, WatchEvent } from '../watch-event.ts';
import { birthTopic, discoveryMessage, removalMessage } from './home-assistant.ts';
import { type MqttMessage, MqttOutbox } from './mqtt-outbox.ts';
import { type MqttTopics, mqttTopics } from './mqtt-topics.ts';

/** Options of {@link MqttPublisher.create}. */
export interface MqttPublisherOptions {
  readonly url: string;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  /** Start of every topic. */
  readonly prefix: string;
  /** The source whose events come, as they name it. */
  readonly source: string;
  /** Announce a sensor to Home Assistant. */
  readonly homeAssistant: boolean;
  /** Start of Home Assistant's topics. */
  readonly discoveryPrefix: string;
  /** The same for all publishers of one process. @defaultValue one of its own */
  readonly instance?: string | undefined;
  /** Events that wait at most while the broker is away. @defaultValue {@link DEFAULT_OUTBOX_CAPACITY} */
  readonly capacity?: number | undefined;
  readonly log: (message: string) => void;
}

/** What an event means for a publisher. */
export interface MqttEventUse {
  /** Whether the person of the event is to be shown while there. */
  readonly show: boolean;
  /** Whether the event itself is published. */
  readonly send: boolean;
  /** JPEG to be published before it. */
  readonly picture?: Buffer | null | undefined;
}

/**
 * Publishes the events of one source over MQTT.
 *
 * @remarks Topics, below the prefix and the source's name in small letters, digits and `-`: `status` is `online` or
 * `offline` (retained, also the last will); `event` has each event as JSON; `person` has the name of who is there, and
 * is empty when nobody is (retained); `person/attributes` has that event as JSON (retained); `picture` has the last face
 * as JPEG, where it is asked for (retained). Quality of service is 1.
 * While the broker is away a bounded number of events wait; what is retained is said anew at each connection.
 */
export class MqttPublisher {
  readonly #options: MqttPublisherOptions;
  readonly #client: MqttClient;
  readonly #topics: MqttTopics;
  readonly #outbox: MqttOutbox;
  readonly #instance: string;
  // By track, in the order of their coming.
  readonly #present = new Map<number, FaceEvent>();
  readonly #others = new Set<string>();
  #lastError = '';
  #picture: Buffer | null = null;
  #shown: FaceEvent | null = null;
  #connected = false;
  #full = false;
  #closing = false;
  #ended = false;

  /** Starts connecting; returns at once. The `mqtt` package is loaded here. */
  static async create(options: MqttPublisherOptions): Promise<MqttPublisher> {
    const { connect } = await import('mqtt');
    const { url, username, password, prefix, source } = options;
    const client = connect(url, {
      ...(username === undefined ? {} : { username }),
      ...(password === undefined ? {} : { password }),
      reconnectPeriod: 2000,
      will: {
        topic: mqttTopics(prefix, source).status,
        payload: Buffer.from('offline'),
        qos: 1,
        retain: true,
      },
    });
    return new MqttPublisher(options, client);
  }

  private constructor(options: MqttPublisherOptions, client: MqttClient) {
    this.#options = options;
    this.#client = client;
    this.#topics = mqttTopics(options.prefix, options.source);
    this.#instance = options.instance ?? randomUUID();
    this.#outbox = new MqttOutbox({
      send: (message) => this.#send(message),
      ready: () => client.connected,
      capacity: options.capacity,
    });
    client.on('error', (error) => {
      // A broker that is away is said once, not at every try; and what comes after the end concerns nobody.
      if (error.message !== this.#lastError && !this.#ended) this.#log(error.message);
      this.#lastError = error.message;
    });
    client.on('connect', () => this.#onConnect());
    client.on('message', (topic, payload, packet) =>
      this.#onMessage(topic, payload.toString(), packet.retain),
    );
    this.#announce();
  }

  /** Takes an event of the source, also one that no trigger fires on: who left is there no more. */
  publish(event: WatchEvent, use: MqttEventUse): void {
    if (use.send) {
      if (use.picture) this.#sayPicture(use.picture);
      const message = { topic: this.#topics.event, payload: JSON.stringify(event), retain: false };
      const dropped = this.#outbox.push(message);
      if (dropped > 0 && !this.#full) this.#log('the broker is away and the queue is full; the oldest go');
      this.#full ||= dropped > 0;
    }
    if (event.type === 'source.lost') this.#present.clear();
    // Who moves on is still there, and whoever a trigger was fired for is still shown.
    if ('track' in event && (event.type !== 'face.moved' || use.show)) {
      // Whoever the track was taken for before, it is no more; a new entry comes last.
      if (event.type !== 'face.appeared') this.#present.delete(event.track);
      const named = (event.label ?? event.stranger) !== null;
      if (use.show && named && event.type !== 'face.left') this.#present.set(event.track, event);
    }
    this.#showPresent();
  }

  /** Settles when the broker has confirmed all that was published so far. */
  confirmed(): Promise<void> {
    return this.#outbox.confirmed();
  }

  /** Waits until all is sent, at most so long, says `offline` and leaves. */
  async close(graceMs: number): Promise<void> {
    this.#closing = true;
    this.#present.clear();
    this.#showPresent();
    this.#outbox.push({ topic: this.#topics.status, payload: 'offline', retain: true });
    // What a broker only keeps for the next ones is not worth waiting for one that is away.
    const away = !this.#client.connected && this.#lastError !== '';
    if (!away || this.#outbox.hasEvents) await this.#outbox.drained(graceMs);
    await this.#end();
  }

  /**
   * Takes away all that the broker keeps about the source, Home Assistant's sensor too, and leaves.
   *
   * @returns whether the broker took it
   */
  async forget(graceMs: number): Promise<boolean> {
    this.#closing = true;
    const { status, person, attributes, picture } = this.#topics;
    for (const topic of [person, attributes, picture, status])
      this.#outbox.push({ topic, payload: '', retain: true });
    this.#outbox.push(removalMessage(this.#topics, this.#options.discoveryPrefix));
    await this.#outbox.drained(graceMs);
    const done = this.#outbox.idle;
    await this.#end();
    return done;
  }

  async #end(): Promise<void> {
    this.#sayDropped();
    this.#ended = true;
    // Without its goodbye the broker would publish the last will.
    await this.#client.endAsync(!(this.#client.connected && this.#outbox.idle));
  }

  #onConnect(): void {
    this.#lastError = '';
    this.#full = false;
    this.#sayDropped();
    if (this.#connected && !this.#closing) this.#announce();
    this.#connected = true;
    this.#outbox.flush();
    if (this.#closing) return;
    const { homeAssistant, discoveryPrefix } = this.#options;
    const { status, instance } = this.#topics;
    const topics = [status, instance, ...(homeAssistant ? [birthTopic(discoveryPrefix)] : [])];
    this.#client
      .subscribeAsync(topics, { qos: 1 })
      .then(() => {
        if (!this.#closing) this.#outbox.push({ topic: instance, payload: this.#instance, retain: false });
      })
      .catch((error: Error) => this.#log(`cannot listen to ${topics.join(', ')}: ${error.message}`));
  }

  // All that the broker keeps, anew: it may have been started without its memory, or hold what a killed process left.
  #announce(): void {
    const { homeAssistant, discoveryPrefix, source } = this.#options;
    if (homeAssistant) {
      this.#outbox.push(discoveryMessage(this.#topics, { discoveryPrefix, source }));
    }
    this.#say(this.#shown);
    if (this.#picture) this.#sayPicture(this.#picture);
    this.#outbox.push({ topic: this.#topics.status, payload: 'online', retain: true });
  }

  #onMessage(topic: string, payload: string, retained: boolean): void {
    if (this.#closing || retained) return;
    if (topic === this.#topics.instance) this.#meet(payload);
    // The last will of an earlier process, or the end of another of the same name: this one is still there.
    else if (topic === this.#topics.status && payload === 'offline') {
      this.#outbox.push({ topic, payload: 'online', retain: true });
    } else if (topic === birthTopic(this.#options.discoveryPrefix) && payload === 'online') this.#announce();
  }

  #meet(instance: string): void {
    if (instance === this.#instance || this.#others.has(instance) || this.#others.size >= 100) return;
    this.#others.add(instance);
    this.#log(
      `another watch uses the topics of "${this.#options.source}" too; give each a name of its own with --name`,
    );
    // So that the one that came later hears of it as well.
    this.#outbox.push({ topic: this.#topics.instance, payload: this.#instance, retain: false });
  }

  #showPresent(): void {
    const newest = [...this.#present.values()].at(-1) ?? null;
    if (newest === this.#shown) return;
    this.#shown = newest;
    this.#say(newest);
  }

  #sayPicture(picture: Buffer): void {
    this.#picture = picture;
    this.#outbox.push({ topic: this.#topics.picture, payload: picture, retain: true });
  }

  #say(event: FaceEvent | null): void {
    const { person, attributes } = this.#topics;
    const payload = event === null ? '{}' : JSON.stringify(event);
    this.#outbox.push({ topic: attributes, payload, retain: true });
    this.#outbox.push({ topic: person, payload: event?.label ?? event?.stranger ?? '', retain: true });
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
    if (dropped > 0) this.#log(`${dropped} events were dropped while the broker was away`);
  }

  #log(message: string): void {
    const { url, username, password, log } = this.#options;
    const known = [url, username, password].filter((one) => one !== undefined);
    log(`mqtt ${redact(url, known)}: ${redact(message, known)}`);
  }
}

import { askPicture } from '../../watch/triggers/ask-picture.ts';
import type { EventPicture } from '../../watch/triggers/event-picture.ts';
import type { FaceEvent, WatchEvent } from '../../watch/watch-event.ts';
import type { EventTeller } from '../event-teller.ts';
import type { KnownPerson } from '../home-assistant/discovery-entities.ts';
import { type BrokerAccount, BrokerConnection, type BrokerMessage } from '../mqtt/broker-connection.ts';
import {
  doubleTakeMessages,
  doubleTakeReset,
  nameKey,
  personOfSensor,
  sensorsTopic,
} from './double-take-messages.ts';

/** Options of {@link DoubleTakeTeller.open}. */
export interface DoubleTakeTellerOptions extends BrokerAccount {
  /** Start of the topics. @defaultValue `double-take` */
  readonly prefix?: string | undefined;
  /** Announce Double Take's sensors to Home Assistant below this; null: do not. @defaultValue `homeassistant` */
  readonly discoveryPrefix?: string | null | undefined;
  /** Who is known: sensors of others are taken away. */
  readonly people: () => Promise<readonly KnownPerson[]>;
  /** Tell pictures too, in base64. @defaultValue false */
  readonly base64?: boolean | undefined;
  /** @defaultValue that of the file which the event names as `snapshot` */
  readonly picture?: EventPicture | undefined;
  /** A camera's count goes back to 0 after so long, in milliseconds. @defaultValue 30000, as Double Take's */
  readonly resetMs?: number | undefined;
  readonly log: (message: string) => void;
}

const LOOK_MS = 100;

/** Publishes what Double Take would, so that automations made for it go on. */
export class DoubleTakeTeller implements EventTeller {
  readonly name = 'double-take';
  readonly #options: DoubleTakeTellerOptions;
  /** People, as parts of topics, of whom the broker keeps a sensor. */
  readonly #sensors = new Set<string>();
  #looking: NodeJS.Timeout | undefined;
  #broker!: BrokerConnection;
  readonly #resets = new Map<string, NodeJS.Timeout>();

  /** Starts connecting; returns at once. */
  static async open(options: DoubleTakeTellerOptions): Promise<DoubleTakeTeller> {
    const { prefix = 'double-take', discoveryPrefix = 'homeassistant' } = options;
    const teller = new DoubleTakeTeller(options);
    teller.#broker = await BrokerConnection.open({
      ...options,
      statusTopic: `${prefix}/available`,
      ...(discoveryPrefix !== null && { topics: [`${sensorsTopic(discoveryPrefix)}/+/config`] }),
      onMessage: (message) => teller.#noteSensor(message),
    });
    return teller;
  }

  private constructor(options: DoubleTakeTellerOptions) {
    this.#options = options;
  }

  /** Takes an event. @returns once its messages wait for the broker */
  async handle(event: WatchEvent): Promise<void> {
    if (!('track' in event)) return;
    const messages = doubleTakeMessages(event, this.#about(await this.#pictureOf(event)));
    if (messages.length === 0) return;
    for (const message of messages) this.#broker.push(message);
    clearTimeout(this.#resets.get(event.source));
    const reset = setTimeout(() => this.#reset(event), this.#options.resetMs ?? 30_000);
    this.#resets.set(event.source, reset.unref());
  }

  /** Looks who is known: sensors of those who are no more, or are called otherwise, are taken away. */
  async refresh(): Promise<void> {
    const { people, discoveryPrefix = 'homeassistant', log } = this.#options;
    if (discoveryPrefix === null || this.#sensors.size === 0) return;
    try {
      const known = new Set((await people()).map(({ label }) => nameKey(label)));
      for (const key of this.#sensors) {
        if (known.has(key)) continue;
        this.#sensors.delete(key);
        for (const what of ['config', 'state'])
          this.#broker.push({
            topic: `${sensorsTopic(discoveryPrefix)}/${key}/${what}`,
            payload: '',
            retain: true,
          });
      }
    } catch (error) {
      log(`double-take: the people could not be read: ${(error as Error).message}`);
    }
  }

  /** Settles when the broker has confirmed what came of all events so far. */
  settled(): Promise<void> {
    return this.#broker.confirmed();
  }

  /** Says `offline`. */
  async close(graceMs = 5000): Promise<void> {
    for (const reset of this.#resets.values()) clearTimeout(reset);
    clearTimeout(this.#looking);
    await this.#broker.close(graceMs);
  }

  // The broker says all that it keeps, also from before this process, and what this one publishes.
  #noteSensor({ topic, payload, retained }: BrokerMessage): void {
    const key = personOfSensor(topic, payload);
    if (key === null) return;
    this.#sensors.add(key);
    // What the broker keeps comes all at once.
    if (retained) this.#looking ??= setTimeout(() => void this.#look(), LOOK_MS).unref();
  }

  #look(): Promise<void> {
    this.#looking = undefined;
    return this.refresh();
  }

  #reset(event: FaceEvent): void {
    this.#resets.delete(event.source);
    for (const message of doubleTakeReset(event, this.#about(null))) this.#broker.push(message);
  }

  #about(picture: Buffer | null) {
    const { prefix = 'double-take', discoveryPrefix = 'homeassistant' } = this.#options;
    return { prefix, discoveryPrefix, picture };
  }

  async #pictureOf(event: FaceEvent): Promise<Buffer | null> {
    if (!this.#options.base64) return null;
    return askPicture(this.#options.picture, event).catch((error: Error) => {
      this.#options.log(`double-take: no picture of ${event.source}: ${error.message}`);
      return null;
    });
  }
}

import { askPicture } from '../../watch/triggers/ask-picture.ts';
import type { EventPicture } from '../../watch/triggers/event-picture.ts';
import type { FaceEvent, WatchEvent } from '../../watch/watch-event.ts';
import type { EventTeller } from '../event-teller.ts';
import { type BrokerAccount, BrokerConnection } from '../mqtt/broker-connection.ts';
import { doubleTakeMessages, doubleTakeReset } from './double-take-messages.ts';

/** Options of {@link DoubleTakeTeller.open}. */
export interface DoubleTakeTellerOptions extends BrokerAccount {
  /** Start of the topics. @defaultValue `double-take` */
  readonly prefix?: string | undefined;
  /** Announce Double Take's sensors to Home Assistant below this; null: do not. @defaultValue `homeassistant` */
  readonly discoveryPrefix?: string | null | undefined;
  /** Tell pictures too, in base64. @defaultValue false */
  readonly base64?: boolean | undefined;
  /** @defaultValue that of the file which the event names as `snapshot` */
  readonly picture?: EventPicture | undefined;
  /** A camera's count goes back to 0 after so long, in milliseconds. @defaultValue 30000, as Double Take's */
  readonly resetMs?: number | undefined;
  readonly log: (message: string) => void;
}

/** Publishes what Double Take would, so that automations made for it go on. */
export class DoubleTakeTeller implements EventTeller {
  readonly name = 'double-take';
  readonly #options: DoubleTakeTellerOptions;
  readonly #broker: BrokerConnection;
  readonly #resets = new Map<string, NodeJS.Timeout>();

  /** Starts connecting; returns at once. */
  static async open(options: DoubleTakeTellerOptions): Promise<DoubleTakeTeller> {
    const { prefix = 'double-take' } = options;
    const broker = await BrokerConnection.open({ ...options, statusTopic: `${prefix}/available` });
    return new DoubleTakeTeller(options, broker);
  }

  private constructor(options: DoubleTakeTellerOptions, broker: BrokerConnection) {
    this.#options = options;
    this.#broker = broker;
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

  /** Settles when the broker has confirmed what came of all events so far. */
  settled(): Promise<void> {
    return this.#broker.confirmed();
  }

  /** Says `offline`. */
  async close(graceMs = 5000): Promise<void> {
    for (const reset of this.#resets.values()) clearTimeout(reset);
    await this.#broker.close(graceMs);
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

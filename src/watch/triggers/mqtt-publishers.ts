import { randomUUID } from 'node:crypto';
import type { WatchEvent } from '../watch-event.ts';
import { MqttPublisher } from './mqtt-publisher.ts';
import type { ActionOf } from './trigger-schema.ts';

type MqttAction = ActionOf<'mqtt'>;

/** Options of {@link MqttPublishers}. */
export interface MqttPublishersOptions {
  /** Every `mqtt` action, with its password where a variable holds it, and the sources that it is for. */
  readonly actions: readonly {
    readonly action: MqttAction;
    readonly password: string | undefined;
    readonly concerns: (source: string) => boolean;
  }[];
  readonly log: (message: string) => void;
}

/** What an event does to the actions. */
export interface MqttFiring {
  /** Actions whose trigger's conditions hold. */
  readonly matched: ReadonlySet<unknown>;
  /** Actions whose trigger fires, its pause between two being over too. */
  readonly fired: ReadonlySet<unknown>;
  /** JPEG, for the actions that publish it. */
  readonly picture?: Buffer | null | undefined;
  /** Something that was told before is told to these actions now, and concerns no others. */
  readonly isLate?: true | undefined;
}

/**
 * The connections to brokers: one for each source and broker, as each has its own last will. Actions that go to the
 * same topics share one.
 */
export class MqttPublishers {
  readonly #options: MqttPublishersOptions;
  readonly #instance = randomUUID();
  readonly #open = new Map<string, Promise<MqttPublisher>>();

  constructor(options: MqttPublishersOptions) {
    this.#options = options;
  }

  /** Connects for a source, before its first event. */
  async open(source: string): Promise<void> {
    await Promise.all([...this.#actionsOf(source).keys()].map((key) => this.#publisher(key, source)));
  }

  /** Hands an event to the connections of its source. */
  async publish(event: WatchEvent, { matched, fired, picture, isLate }: MqttFiring): Promise<void> {
    for (const [key, actions] of this.#actionsOf(event.source)) {
      const show = actions.some((action) => matched.has(action));
      if (isLate && !show) continue;
      const publisher = await this.#publisher(key, event.source);
      const send = actions.some((action) => fired.has(action));
      publisher.publish(event, { show, send, picture: actions[0]!.pictures ? picture : null });
    }
  }

  /** Settles when the brokers have confirmed all that was published so far. */
  async confirmed(): Promise<void> {
    await Promise.all([...this.#open.values()].map(async (publisher) => (await publisher).confirmed()));
  }

  /** Ends all connections. */
  async close(graceMs: number): Promise<void> {
    await Promise.all([...this.#open.values()].map(async (publisher) => (await publisher).close(graceMs)));
  }

  /** Takes away what the brokers keep about a source. @returns whether all of them took it */
  async forget(source: string, graceMs: number): Promise<boolean> {
    const keys = [...this.#actionsOf(source).keys()];
    const done = await Promise.all(
      keys.map(async (key) => {
        const publisher = await this.#publisher(key, source);
        this.#open.delete(`${key} ${source}`);
        return publisher.forget(graceMs);
      }),
    );
    return done.every(Boolean);
  }

  #actionsOf(source: string): Map<string, MqttAction[]> {
    const byKey = new Map<string, MqttAction[]>();
    for (const { action, concerns } of this.#options.actions) {
      if (!concerns(source)) continue;
      const key = JSON.stringify(action);
      byKey.set(key, [...(byKey.get(key) ?? []), action]);
    }
    return byKey;
  }

  #publisher(key: string, source: string): Promise<MqttPublisher> {
    const place = `${key} ${source}`;
    const open = this.#open.get(place);
    if (open) return open;
    const { actions, log } = this.#options;
    const { action, password } = actions.find((one) => JSON.stringify(one.action) === key)!;
    const made = MqttPublisher.create({ ...action, password, source, instance: this.#instance, log });
    this.#open.set(place, made);
    return made;
  }
}

import { createHash } from 'node:crypto';
import type { MqttClient } from 'mqtt';
import { redact } from '../source/redact.ts';
import type { WatchEvent } from '../watch-event.ts';

/** Options of {@link MqttPublisher.create}. */
export interface MqttPublisherOptions {
  readonly url: string;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  /** Start of every topic. */
  readonly prefix: string;
  /** Announce a sensor for each source to Home Assistant. */
  readonly homeAssistant: boolean;
  /** Start of Home Assistant's topics. */
  readonly discoveryPrefix: string;
  readonly log: (message: string) => void;
}

/**
 * Publishes events over MQTT.
 *
 * @remarks Topics, below the prefix: `status` is `online` or `offline` (retained, also the last will);
 * `<source>/event` has each event as JSON; `<source>/person` has the name of the last person or stranger (retained);
 * `<source>/person/attributes` has that event as JSON (retained). `<source>` is the source's name in lower-case letters,
 * digits and `-`. While the broker is away messages wait in memory; quality of service is 1.
 */
export class MqttPublisher {
  readonly #options: MqttPublisherOptions;
  readonly #client: MqttClient;
  readonly #announced = new Set<string>();
  readonly #sending = new Set<Promise<unknown>>();

  /** Starts connecting; returns at once. The `mqtt` package is loaded here. */
  static async create(options: MqttPublisherOptions): Promise<MqttPublisher> {
    const { connect } = await import('mqtt');
    const { url, username, password, prefix } = options;
    const client = connect(url, {
      ...(username === undefined ? {} : { username }),
      ...(password === undefined ? {} : { password }),
      reconnectPeriod: 2000,
      will: { topic: `${prefix}/status`, payload: Buffer.from('offline'), qos: 1, retain: true },
    });
    let lastError = '';
    client.on('error', (error) => {
      // A broker that is away is said once, not at every try.
      if (error.message !== lastError) options.log(`mqtt ${redact(url)}: ${redact(error.message)}`);
      lastError = error.message;
    });
    const publisher = new MqttPublisher(options, client);
    client.on('connect', () => {
      lastError = '';
      publisher.#send(`${prefix}/status`, 'online', true);
    });
    return publisher;
  }

  private constructor(options: MqttPublisherOptions, client: MqttClient) {
    this.#options = options;
    this.#client = client;
  }

  publish(event: WatchEvent): void {
    const topic = `${this.#options.prefix}/${topicName(event.source)}`;
    const json = JSON.stringify(event);
    if (this.#options.homeAssistant) this.#announce(event.source, topic);
    this.#send(`${topic}/event`, json, false);
    if (!('track' in event)) return;
    const name = event.label ?? event.stranger;
    if (name === null || event.type === 'face.left') return;
    this.#send(`${topic}/person/attributes`, json, true);
    this.#send(`${topic}/person`, name, true);
  }

  /** Waits until all is sent, at most so long, says `offline` and leaves. */
  async close(graceMs: number): Promise<void> {
    if (this.#client.connected) this.#send(`${this.#options.prefix}/status`, 'offline', true);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, graceMs);
    });
    await Promise.race([Promise.allSettled(this.#sending), late]);
    clearTimeout(timer);
    await this.#client.endAsync(true);
  }

  #announce(source: string, topic: string): void {
    const id = `face_trigger_${topicName(source).replaceAll('-', '_')}`;
    if (this.#announced.has(id)) return;
    this.#announced.add(id);
    const { prefix, discoveryPrefix } = this.#options;
    // Field names of Home Assistant's MQTT discovery for sensors.
    const config = {
      name: 'Person',
      unique_id: id,
      object_id: id,
      state_topic: `${topic}/person`,
      json_attributes_topic: `${topic}/person/attributes`,
      availability_topic: `${prefix}/status`,
      icon: 'mdi:face-recognition',
      device: { identifiers: [id], name: `face-trigger ${source}`, manufacturer: 'face-trigger' },
    };
    this.#send(`${discoveryPrefix}/sensor/${id}/config`, JSON.stringify(config), true);
  }

  #send(topic: string, payload: string, retain: boolean): void {
    const sending: Promise<unknown> = this.#client
      .publishAsync(topic, payload, { qos: 1, retain })
      .catch((error: Error) => this.#options.log(`mqtt ${topic}: ${redact(error.message)}`))
      .finally(() => this.#sending.delete(sending));
    this.#sending.add(sending);
  }
}

/** The part of a topic that stands for a source; long or foreign names keep apart by a short hash. */
export function topicName(source: string): string {
  const plain = source
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
  if (plain === source.toLowerCase() && plain.length <= 60 && plain !== '') return plain;
  const hash = createHash('sha256').update(source).digest('hex').slice(0, 6);
  return `${plain.slice(0, 50)}-${hash}`.replace(/^-/, '');
}

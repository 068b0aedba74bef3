import { sameName } from '../../core/text/person-name.ts';
import { askPicture } from '../../watch/triggers/ask-picture.ts';
import type { EventPicture } from '../../watch/triggers/event-picture.ts';
import { birthTopic } from '../../watch/triggers/home-assistant.ts';
import type { FaceEvent, PresenceEvent, WatchEvent } from '../../watch/watch-event.ts';
import type { EventTeller } from '../event-teller.ts';
import { type BrokerAccount, BrokerConnection, type BrokerMessage } from '../mqtt/broker-connection.ts';
import type { Presence } from '../presence/presence.ts';
import { CameraFaces } from './camera-faces.ts';
import { type DiscoveryContext, EXPIRE_AFTER_SECONDS, type KnownPerson } from './discovery-entities.ts';
import { cameraTopics, homeTopics } from './home-topics.ts';
import { isPerson, type RetainedMessages, retainedMessages } from './retained-messages.ts';

/** Options of {@link HomeAssistantTeller.open}. */
export interface HomeAssistantTellerOptions extends BrokerAccount {
  /** Tells this home from others with the same broker. @defaultValue `home` */
  readonly name?: string | undefined;
  /** Start of every topic. @defaultValue `face-trigger` */
  readonly prefix?: string | undefined;
  /** Start of Home Assistant's topics. @defaultValue `homeassistant` */
  readonly discoveryPrefix?: string | undefined;
  /** Names of the cameras, as their events have them; others are added when they tell something. */
  readonly cameras: readonly string[];
  /** Who is known; asked now and then, and when somebody new is seen. */
  readonly people: () => Promise<readonly KnownPerson[]>;
  readonly presence: Pick<Presence, 'current' | 'gone'>;
  /** Places that are home; a person in another one is shown there. @defaultValue all */
  readonly homePlaces?: readonly string[] | undefined;
  /** @defaultValue that of the file which the event names as `snapshot` */
  readonly picture?: EventPicture | undefined;
  /** Of this program. */
  readonly version: string;
  /** Address of the page. */
  readonly pageUrl?: string | undefined;
  /**
   * Events before this time, milliseconds since 1970, are of an earlier process, whose faces are followed no more: they
   * are told, and show nobody. @defaultValue now
   */
  readonly since?: number | undefined;
  /** How often states are said again, in milliseconds. @defaultValue a minute */
  readonly refreshMs?: number | undefined;
  readonly log: (message: string) => void;
}

const DEFAULT_REFRESH_MS = 60_000;

/** The last picture of a camera, and of whom it is. */
interface CameraPicture {
  readonly picture: Buffer;
  readonly label: string | null;
  readonly personId: string | null;
  readonly stranger: string | null;
}

/**
 * Tells Home Assistant, by MQTT discovery, of the home, its cameras and its people, and of what happens.
 *
 * @remarks All that the broker keeps is said anew at each connection and when Home Assistant starts. What the broker
 * still keeps below this home's topics, of people and cameras that are no more, is taken away, also after a restart.
 */
export class HomeAssistantTeller implements EventTeller {
  readonly name = 'home-assistant';
  readonly #options: HomeAssistantTellerOptions;
  readonly #context: DiscoveryContext;
  readonly #faces: Map<string, CameraFaces>;
  readonly #lost = new Set<string>();
  readonly #since: number;
  readonly #pictures = new Map<string, CameraPicture>();
  /** What the broker was told to keep, by topic. */
  #kept: RetainedMessages = new Map();
  #people: readonly KnownPerson[] = [];
  #broker!: BrokerConnection;
  #timer: NodeJS.Timeout | undefined;

  /**
   * Starts connecting; returns once the people are known.
   *
   * @throws what `people` throws
   */
  static async open(options: HomeAssistantTellerOptions): Promise<HomeAssistantTeller> {
    const teller = new HomeAssistantTeller(options);
    await teller.#open();
    return teller;
  }

  private constructor(options: HomeAssistantTellerOptions) {
    const { prefix = 'face-trigger', name = 'home', version, pageUrl } = options;
    this.#options = options;
    this.#since = options.since ?? Date.now();
    this.#context = { topics: homeTopics(prefix, name), name, version, pageUrl };
    this.#faces = new Map(options.cameras.map((camera) => [camera, new CameraFaces()]));
  }

  /** Takes an event. @returns once its messages wait for the broker */
  async handle(event: WatchEvent): Promise<void> {
    if ('label' in event && !event.ignored) await this.#know(event);
    if ('visit' in event) {
      if (event.reason === 'forgotten') this.#dropPictures((of) => isSame(of, event));
      this.#keep();
      this.#tellPresence(event);
      return;
    }
    const isOfNow = Date.parse(event.time) >= this.#since;
    if (!isOfNow) {
      if ('track' in event) this.#tellFace(event);
      return;
    }
    if (event.type === 'source.lost') this.#lost.add(event.source);
    else this.#lost.delete(event.source);
    // Not every camera is named in the configuration: Frigate has its own.
    if (!this.#faces.has(event.source)) this.#faces.set(event.source, new CameraFaces());
    this.#faces.get(event.source)!.handle(event);
    if ('track' in event) await this.#takePicture(event);
    // First what is kept: an automation that the event starts finds the new picture and state.
    this.#keep();
    if ('track' in event) this.#tellFace(event);
  }

  /** Looks who is known: entities of those who are no more, or are called otherwise, change at once. */
  async refresh(): Promise<void> {
    try {
      this.#people = await this.#options.people();
      const names = new Map(this.#people.map(({ label, personId }) => [personId, label]));
      for (const faces of this.#faces.values()) faces.rename((id) => names.get(id) ?? null);
      this.#dropPictures((of) => of.label !== null && !this.#people.some((person) => isPerson(person, of)));
    } catch (error) {
      this.#options.log(`home-assistant: the people could not be read: ${(error as Error).message}`);
    }
    this.#keep();
  }

  /** Settles when the broker has confirmed what came of all events so far. */
  settled(): Promise<void> {
    return this.#broker.confirmed();
  }

  /** Says `offline`. */
  async close(graceMs = 5000): Promise<void> {
    clearInterval(this.#timer);
    await this.#broker.close(graceMs);
  }

  /** Takes away all that the broker keeps of this home. */
  async forget(graceMs = 5000): Promise<void> {
    clearInterval(this.#timer);
    for (const topic of this.#kept.keys()) this.#broker.push({ topic, payload: '', retain: true });
    this.#kept = new Map();
    await this.#broker.close(graceMs);
  }

  async #open(): Promise<void> {
    const { discoveryPrefix = 'homeassistant', refreshMs = DEFAULT_REFRESH_MS } = this.#options;
    const { topics } = this.#context;
    const birth = birthTopic(discoveryPrefix);
    this.#people = await this.#options.people();
    this.#broker = await BrokerConnection.open({
      ...this.#options,
      statusTopic: topics.status,
      topics: [birth, `${topics.base}/#`, `${discoveryPrefix}/+/${topics.id}/+/config`],
      onConnect: () => this.#keep('all'),
      onMessage: (message) => {
        if (message.topic !== birth) this.#takeAwayForeign(message);
        else if (!message.retained && message.payload.toString() === 'online') this.#keep('all');
      },
    });
    // Before the broker says what it keeps from before: what is still wanted of that must be known then.
    this.#keep();
    const every = Math.min(refreshMs, (EXPIRE_AFTER_SECONDS * 1000) / 2);
    this.#timer = setInterval(() => void this.refresh().then(() => this.#keep('expiring')), every);
    this.#timer.unref();
  }

  #tellPresence(event: PresenceEvent): void {
    if (event.ignored) return;
    const { topics } = this.#context;
    const { label, stranger, personId, place, camera, since, lastSeen, visit, durationMs, reason, repeat } =
      event;
    const type = event.type === 'presence.arrived' ? 'arrived' : 'left';
    const facts = { name: label ?? stranger, known: label !== null, person_id: personId, place, camera };
    const times = { since, last_seen: lastSeen, visit, duration_ms: durationMs, reason, repeat };
    this.#tell(topics.event, JSON.stringify({ event_type: type, ...facts, ...times }));
    this.#tell(topics.trigger, type);
  }

  #tellFace(event: FaceEvent): void {
    const type = eventType(event);
    if (type === null || event.ignored) return;
    const topics = cameraTopics(this.#context.topics, event.source);
    const { label, stranger, personId, probability, quality, place, zones, track, appearance } = event;
    const { time, id, visibleMs, repeat } = event;
    const who = { name: label ?? stranger, known: label !== null, person_id: personId };
    const where = { camera: event.source, place, zones, track, appearance };
    const facts = { probability, quality, time, event_id: id, visible_ms: visibleMs, repeat };
    this.#tell(topics.event, JSON.stringify({ event_type: type, ...who, ...where, ...facts }));
    this.#tell(topics.trigger, type);
  }

  async #takePicture(event: FaceEvent): Promise<void> {
    const type = eventType(event);
    if (type === null || type === 'left' || event.ignored) return;
    try {
      const picture = await askPicture(this.#options.picture, event);
      const { label, personId = null, stranger } = event;
      if (picture !== null) this.#pictures.set(event.source, { picture, label, personId, stranger });
    } catch (error) {
      this.#options.log(`home-assistant: no picture of ${event.source}: ${(error as Error).message}`);
    }
  }

  /** The broker keeps no picture of somebody who is deleted. */
  #dropPictures(isGone: (of: CameraPicture) => boolean): void {
    for (const [camera, of] of this.#pictures) if (isGone(of)) this.#pictures.delete(camera);
  }

  async #know({ label, personId = null }: FaceEvent | PresenceEvent): Promise<void> {
    if (label === null) return;
    const isKnown = this.#people.some(
      (person) => isPerson(person, { label, personId }) && sameName(person.label, label),
    );
    if (!isKnown) await this.refresh();
  }

  /** Tells the broker what it should keep, as far as that changed or is to be said again. */
  #keep(again: 'nothing' | 'expiring' | 'all' = 'nothing'): void {
    const { presence, homePlaces, discoveryPrefix = 'homeassistant' } = this.#options;
    const wanted = retainedMessages({
      context: this.#context,
      discoveryPrefix,
      people: this.#people,
      visits: presence.current(),
      gone: presence.gone(),
      homePlaces: homePlaces ?? null,
      cameras: [...this.#faces].map(([name, faces]) => ({
        name,
        faces,
        isLost: this.#lost.has(name),
        picture: this.#pictures.get(name)?.picture ?? null,
      })),
    });
    for (const [topic, { payload, expires }] of wanted) {
      const before = this.#kept.get(topic)?.payload ?? null;
      const isAgain = again === 'all' || (again === 'expiring' && expires);
      if (payload === null) {
        if (before !== null) this.#takeAway(topic);
      } else if (before !== payload || isAgain) this.#broker.push({ topic, payload, retain: true });
    }
    for (const topic of this.#kept.keys()) if (!wanted.has(topic)) this.#takeAway(topic);
    this.#kept = wanted;
  }

  // What the broker kept of people and cameras that are no more.
  #takeAwayForeign({ topic, payload, retained }: BrokerMessage): void {
    if (retained && payload.length > 0 && !this.#kept.has(topic)) this.#takeAway(topic);
  }

  #takeAway(topic: string): void {
    this.#broker.push({ topic, payload: '', retain: true });
  }

  #tell(topic: string, payload: string): void {
    this.#broker.push({ topic, payload, retain: false });
  }
}

function isSame(of: CameraPicture, { label, personId = null, stranger }: PresenceEvent): boolean {
  if (label === null) return of.stranger !== null && of.stranger === stranger;
  return isPerson({ label, personId }, of);
}

/** The `event_type` of a camera's event entity; null for what it does not tell. */
function eventType({ type, label, stranger }: FaceEvent): 'recognized' | 'stranger' | 'left' | null {
  if (label === null && stranger === null) return null;
  switch (type) {
    case 'person.recognized':
    case 'stranger.appeared':
    case 'person.changed':
      return label === null ? 'stranger' : 'recognized';
    case 'face.left':
      return 'left';
    default:
      return null;
  }
}

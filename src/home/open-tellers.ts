import type { Gallery } from '../gallery/gallery.ts';
import type { EventPicture } from '../watch/triggers/event-picture.ts';
import { TriggerRunner } from '../watch/triggers/trigger-runner.ts';
import type { ReadHomeConfig } from './config/read-home-config.ts';
import { DoubleTakeTeller } from './double-take/double-take-teller.ts';
import type { DoorEnrollment } from './enrollment/door-enrollment.ts';
import { EnrollmentTeller } from './enrollment/enrollment-teller.ts';
import type { EventTeller } from './event-teller.ts';
import type { KnownPerson } from './home-assistant/discovery-entities.ts';
import { HomeAssistantTeller } from './home-assistant/home-assistant-teller.ts';
import type { Presence } from './presence/presence.ts';

/** What tellers need of a home besides its configuration. */
export interface TellerSurroundings {
  readonly gallery: Gallery;
  readonly presence: Presence;
  readonly enrollment: DoorEnrollment;
  /** Of an event's face. */
  readonly picture: EventPicture;
  readonly log: (message: string) => void;
  readonly write?: ((line: string) => void) | undefined;
  /** Of this program. */
  readonly version?: string | undefined;
}

/** Opens whoever is told what happens, as a configuration names them; all of them, or where one fails, none. */
export async function openTellers(
  config: ReadHomeConfig,
  surroundings: TellerSurroundings,
): Promise<readonly EventTeller[]> {
  const tellers: EventTeller[] = [];
  try {
    for await (const teller of openInTurn(config, surroundings)) tellers.push(teller);
    return tellers;
  } catch (error) {
    await closeAll(tellers);
    throw error;
  }
}

/** Lets all of them tell what they have, whatever fails. */
export async function closeAll(tellers: readonly EventTeller[]): Promise<void> {
  await Promise.allSettled(tellers.map((teller) => teller.close()));
}

async function* openInTurn(
  config: ReadHomeConfig,
  surroundings: TellerSurroundings,
): AsyncGenerator<EventTeller, void, void> {
  const { write = (line: string) => void process.stdout.write(line), log, picture } = surroundings;
  const { triggers, triggersPath, mqtt, doubleTake } = config;
  if (triggers !== null) {
    const sources = Object.keys(config.cameras);
    const queuePath = `${triggersPath}.queue`;
    const runner = await TriggerRunner.create({ triggers, queuePath, sources, picture, write, log });
    yield {
      name: 'triggers',
      handle: (event) => runner.handle(event),
      settled: () => runner.settled(),
      close: () => runner.close(),
    };
  }
  const homeAssistant = await openHomeAssistant(config, surroundings);
  if (homeAssistant) yield homeAssistant;
  if (mqtt && doubleTake) {
    const { prefix, sensors, base64 } = doubleTake;
    const discoveryPrefix = sensors ? doubleTake.discoveryPrefix : null;
    const people = () => allPeople(surroundings.gallery);
    yield DoubleTakeTeller.open({ ...mqtt, prefix, discoveryPrefix, people, base64, picture, log });
  }
  const { enrollByMqtt } = config;
  if (mqtt && enrollByMqtt) {
    const { enrollment } = surroundings;
    yield EnrollmentTeller.open({ ...mqtt, ...enrollByMqtt, enrollment, log });
  }
}

async function openHomeAssistant(
  { mqtt, homeAssistant, cameras, frigate, presence: { homePlaces } }: ReadHomeConfig,
  { gallery, presence, version = '0.0.0', picture, log }: TellerSurroundings,
): Promise<EventTeller | null> {
  if (!mqtt || !homeAssistant) return null;
  return HomeAssistantTeller.open({
    ...mqtt,
    ...homeAssistant,
    ...{ presence, homePlaces, version, picture, log },
    cameras: [...new Set([...Object.keys(cameras), ...(frigate?.cameras ?? [])])],
    people: () => allPeople(gallery),
  });
}

async function allPeople(gallery: Gallery): Promise<KnownPerson[]> {
  const people: KnownPerson[] = [];
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<Gallery['listPeople']>> = await gallery.listPeople({ limit: 200, cursor });
    people.push(...page.items.map(({ id, name }) => ({ label: name, personId: id })));
    cursor = page.nextCursor;
  } while (cursor !== null);
  return people;
}

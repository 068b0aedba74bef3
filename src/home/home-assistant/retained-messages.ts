import { sameName } from '../../core/text/person-name.ts';
import type { Visit } from '../presence/visit.ts';
import { type CameraFaces, namesState } from './camera-faces.ts';
import {
  cameraEntities,
  type DiscoveryContext,
  discoveryTopic,
  homeEntities,
  type KnownPerson,
  personEntities,
} from './discovery-entities.ts';
import { cameraTopics, personTopics } from './home-topics.ts';

/** What a broker keeps of a home at this moment. */
export interface HomeState {
  readonly context: DiscoveryContext;
  readonly discoveryPrefix: string;
  readonly people: readonly KnownPerson[];
  /** Who is there, and who was seen before; those on the ignore list are left out. */
  readonly visits: readonly Visit[];
  readonly gone: readonly Visit[];
  /** null: all places are home. */
  readonly homePlaces: readonly string[] | null;
  readonly cameras: readonly {
    readonly name: string;
    readonly faces: CameraFaces;
    readonly isLost: boolean;
    readonly picture: Buffer | null;
  }[];
}

/** By topic. */
export type RetainedMessages = Map<
  string,
  {
    /** null: whatever the broker has from before. */
    readonly payload: string | Buffer | null;
    /** Home Assistant takes it to be unknown when it is not said again. */
    readonly expires: boolean;
  }
>;

/** All that a broker should keep of a home, what refers to something behind that. */
export function retainedMessages(state: HomeState): RetainedMessages {
  const { context, discoveryPrefix, people, cameras } = state;
  const messages: RetainedMessages = new Map();
  const entities = [
    ...homeEntities(context),
    ...cameras.flatMap(({ name }) => cameraEntities(context, name)),
    ...people.flatMap((person) => personEntities(context, person)),
  ];
  for (const entity of entities) {
    const topic = discoveryTopic(discoveryPrefix, context.topics.id, entity);
    messages.set(topic, { payload: JSON.stringify(entity.config), expires: false });
  }
  for (const camera of cameras) addCamera(messages, context, camera);
  addPeople(messages, state);
  return messages;
}

/** Whether something is about a known person. */
export function isPerson(
  person: KnownPerson,
  { label, personId }: { readonly label: string | null; readonly personId: string | null },
): boolean {
  if (label === null) return false;
  if (personId !== null && person.personId !== null) return personId === person.personId;
  return sameName(label, person.label);
}

function addCamera(
  messages: RetainedMessages,
  { topics }: DiscoveryContext,
  { name, faces, isLost, picture }: HomeState['cameras'][number],
): void {
  const own = cameraTopics(topics, name);
  const { names, zones } = faces;
  messages.set(own.status, { payload: isLost ? 'offline' : 'online', expires: false });
  messages.set(own.attributes, {
    payload: JSON.stringify({ names, count: names.length, zones }),
    expires: false,
  });
  messages.set(own.names, { payload: namesState(names), expires: true });
  messages.set(own.picture, { payload: picture, expires: false });
}

function addPeople(
  messages: RetainedMessages,
  { context, people, visits, gone, homePlaces }: HomeState,
): void {
  const { topics } = context;
  const there = visits.filter(({ ignored }) => !ignored);
  const names = [...new Set(there.map(({ label, stranger }) => label ?? stranger!))];
  messages.set(topics.occupied, { payload: there.length > 0 ? 'ON' : 'OFF', expires: true });
  messages.set(topics.peopleAttributes, {
    payload: JSON.stringify({ names, count: names.length }),
    expires: false,
  });
  messages.set(topics.people, { payload: namesState(names), expires: true });
  for (const person of people) {
    const own = personTopics(topics, person.personId ?? person.label);
    const here = there.filter((visit) => isPerson(person, visit)).sort((a, b) => b.lastSeen - a.lastSeen);
    const [newest] = here;
    const last = newest ?? gone.find((visit) => isPerson(person, visit));
    const isHome = here.some(({ place }) => homePlaces?.includes(place) ?? true);
    const attributes = {
      // What Home Assistant takes for the state of a tracker from 2027.1 on.
      in_zones: isHome ? ['zone.home'] : [],
      places: here.map(({ place }) => place),
      camera: last?.camera ?? null,
      last_seen: last ? iso(last.lastSeen) : null,
      since: newest ? iso(newest.since) : null,
    };
    messages.set(own.attributes, { payload: JSON.stringify(attributes), expires: false });
    messages.set(own.presence, { payload: newest ? 'ON' : 'OFF', expires: true });
    messages.set(own.location, {
      payload: isHome ? 'home' : (newest?.place ?? 'not_home'),
      expires: false,
    });
    messages.set(own.camera, { payload: last?.camera ?? 'None', expires: true });
  }
}

function iso(time: number): string {
  return new Date(time).toISOString();
}

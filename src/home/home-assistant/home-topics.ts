import { topicName } from '../../watch/triggers/mqtt-topics.ts';

/** Topics of a home below its prefix. */
export interface HomeTopics {
  /** Start of all of them. */
  readonly base: string;
  /** `online` or `offline`, retained; also the last will. */
  readonly status: string;
  /** Names the home among others, in small letters, digits and `_`; also the node of its discovery topics. */
  readonly id: string;
  /** Whether somebody is there: `ON` or `OFF`, retained. */
  readonly occupied: string;
  /** Names of who is there, or `nobody`, retained. */
  readonly people: string;
  /** The same as JSON, retained. */
  readonly peopleAttributes: string;
  /** Each arrival and leaving as JSON. */
  readonly event: string;
  /** `arrived` or `left`, for device triggers. */
  readonly trigger: string;
}

/** Topics of one camera of a home. */
export interface CameraTopics {
  /** Part of ids and topics. */
  readonly key: string;
  /** `online`, or `offline` while the camera gives no pictures, retained. */
  readonly status: string;
  /** Names of who is before the camera, or `nobody`, retained. */
  readonly names: string;
  readonly attributes: string;
  readonly event: string;
  /** JPEG of the last face, retained. */
  readonly picture: string;
  readonly trigger: string;
}

/** Topics of one person. */
export interface PersonTopics {
  readonly key: string;
  /** `ON` or `OFF`, retained. */
  readonly presence: string;
  /** `home`, `not_home` or the name of a place, retained. */
  readonly location: string;
  /** The last camera, or `None`, retained. */
  readonly camera: string;
  readonly attributes: string;
}

/** @param prefix - start of every topic; `name` tells homes with one broker from each other */
export function homeTopics(prefix: string, name: string): HomeTopics {
  const base = `${prefix}/run/${topicName(name)}`;
  return {
    base,
    status: `${base}/status`,
    id: `${topicName(prefix)}-${topicName(name)}`.replaceAll('-', '_'),
    occupied: `${base}/occupied`,
    people: `${base}/people`,
    peopleAttributes: `${base}/people/attributes`,
    event: `${base}/event`,
    trigger: `${base}/trigger`,
  };
}

/** The topics of a camera. */
export function cameraTopics({ base }: HomeTopics, camera: string): CameraTopics {
  const key = topicName(camera);
  const of = (what: string) => `${base}/camera/${key}/${what}`;
  return {
    key,
    status: of('status'),
    names: of('names'),
    attributes: of('attributes'),
    event: of('event'),
    picture: of('picture'),
    trigger: of('trigger'),
  };
}

/** The topics of a person. @param person - the id, or the name where people have no ids */
export function personTopics({ base }: HomeTopics, person: string): PersonTopics {
  const key = topicName(person);
  const of = (what: string) => `${base}/person/${key}/${what}`;
  return {
    key,
    presence: of('presence'),
    location: of('location'),
    camera: of('camera'),
    attributes: of('attributes'),
  };
}

import { topicName } from '../../watch/triggers/mqtt-topics.ts';
import type { FaceEvent } from '../../watch/watch-event.ts';

/**
 * What Double Take tells of a picture.
 *
 * @remarks Source: github.com/jakowenko/double-take, README.md (MQTT) and api/src/util/mqtt.util.js.
 */
export interface DoubleTakeResult {
  readonly id: string;
  readonly duration: number;
  readonly timestamp: string;
  readonly attempts: number;
  readonly camera: string;
  readonly zones: readonly string[];
}

/** A face in it. */
export interface DoubleTakeFace {
  readonly name: string;
  /** 0 .. 100. */
  readonly confidence: number;
  readonly match: boolean;
  readonly box: {
    readonly top: number;
    readonly left: number;
    readonly width: number;
    readonly height: number;
  };
  readonly type: 'snapshot';
  readonly duration: number;
  readonly detector: 'face-trigger';
  readonly filename: string;
  readonly base64: string | null;
}

/** Options of {@link doubleTakeMessages}. */
export interface DoubleTakeOptions {
  /** Start of Double Take's topics. */
  readonly prefix: string;
  /** Start of Home Assistant's topics, for Double Take's sensors; null: none. */
  readonly discoveryPrefix: string | null;
  /** JPEG that is told with the face; null: none. */
  readonly picture: Buffer | null;
}

/** By this, sensors that are ours are told from Double Take's own. */
const SENSOR_ORIGIN = { name: 'face-trigger' };
const PERSON_ICON = 'mdi:account';

/** What is published. */
export interface DoubleTakeMessage {
  readonly topic: string;
  readonly payload: string;
  readonly retain: boolean;
}

/**
 * What Double Take publishes of a face whose name was decided.
 *
 * @returns nothing for an event that decides no name
 */
export function doubleTakeMessages(event: FaceEvent, options: DoubleTakeOptions): DoubleTakeMessage[] {
  const isDecided = ['person.recognized', 'person.changed', 'stranger.appeared'].includes(event.type);
  if (!isDecided || event.ignored || (event.label ?? event.stranger) === null) return [];
  const { prefix } = options;
  const base = resultOf(event);
  const face = faceOf(event, options.picture);
  const [matches, unknowns] = face.match ? [[face], []] : [[], [face]];
  const counts = { person: 1, match: matches.length, miss: 0, unknown: unknowns.length };
  const camera = { ...base, matches, misses: [], unknowns, personCount: 1, counts };
  const person = face.match ? { ...base, match: face } : { ...base, unknown: face, unknowns };
  const key = face.match ? nameKey(face.name) : 'unknown';
  return [
    { topic: `${prefix}/cameras/${base.camera}/person`, payload: '1', retain: true },
    { topic: `${prefix}/matches/${key}`, payload: JSON.stringify(person), retain: false },
    { topic: `${prefix}/cameras/${base.camera}`, payload: JSON.stringify(camera), retain: false },
    ...sensor(options, { key, icon: PERSON_ICON, state: person, value: 'camera', name: entityOf(face) }),
    ...sensor(options, {
      ...{ key: base.camera, icon: 'mdi:camera', state: camera },
      ...{ value: 'counts.person', name: base.camera },
    }),
  ];
}

/** What Double Take publishes of a camera when nobody was told of for a while. */
export function doubleTakeReset(event: FaceEvent, options: DoubleTakeOptions): DoubleTakeMessage[] {
  const base = resultOf(event);
  const counts = { person: 0, match: 0, miss: 0, unknown: 0 };
  const camera = { ...base, matches: [], misses: [], unknowns: [], personCount: 0, counts };
  const { prefix, discoveryPrefix } = options;
  const state = discoveryPrefix === null ? null : `${sensorsTopic(discoveryPrefix)}/${base.camera}/state`;
  return [
    { topic: `${prefix}/cameras/${base.camera}/person`, payload: '0', retain: true },
    ...(state === null ? [] : [{ topic: state, payload: JSON.stringify(camera), retain: true }]),
  ];
}

function resultOf({ id, sourceEvent, time, source, zones, why }: FaceEvent): DoubleTakeResult {
  // Double Take's automations ask Frigate for its event by this id.
  return {
    id: sourceEvent ?? id,
    duration: 0,
    timestamp: time,
    attempts: why?.sightings ?? 1,
    camera: topicPart(source.toLowerCase()),
    zones: zones ?? [],
  };
}

function faceOf(
  { id, label, probability, box, ...event }: FaceEvent,
  picture: Buffer | null,
): DoubleTakeFace {
  const { top, left, width, height } = box;
  return {
    name: label ?? 'unknown',
    confidence: confidenceOf(label, probability, event),
    match: label !== null,
    box: { top, left, width, height },
    type: 'snapshot',
    duration: 0,
    detector: 'face-trigger',
    filename: `${id}.jpg`,
    base64: picture === null ? null : picture.toString('base64'),
  };
}

// Of somebody unknown: how much the face is like the person it is most like.
function confidenceOf(
  label: string | null,
  probability: number | null,
  { why }: Pick<FaceEvent, 'why'>,
): number {
  const share = label === null ? (why?.candidates[0]?.probability ?? 0) : (probability ?? 1);
  return Math.round(share * 1e4) / 100;
}

function sensor(
  { discoveryPrefix, prefix }: DoubleTakeOptions,
  about: {
    readonly key: string;
    readonly name: string;
    readonly icon: string;
    readonly value: string;
    readonly state: object;
  },
): DoubleTakeMessage[] {
  if (discoveryPrefix === null) return [];
  const { key, name, icon, value, state } = about;
  const topic = `${sensorsTopic(discoveryPrefix)}/${key}`;
  const config = {
    name: `double_take_${name}`,
    icon,
    value_template: `{{ value_json.${value} }}`,
    state_topic: `${topic}/state`,
    json_attributes_topic: `${topic}/state`,
    availability_topic: `${prefix}/available`,
    unique_id: `double_take_${name}`,
    origin: SENSOR_ORIGIN,
  };
  return [
    { topic: `${topic}/config`, payload: JSON.stringify(config), retain: true },
    { topic: `${topic}/state`, payload: JSON.stringify(state), retain: true },
  ];
}

function entityOf({ name, match }: DoubleTakeFace): string {
  return match ? name.replace(/\s+/g, '_') : 'unknown';
}

/** Start of the topics of the sensors. */
export function sensorsTopic(discoveryPrefix: string): string {
  return `${discoveryPrefix}/sensor/double-take`;
}

/**
 * Whose sensor a discovery message is about, as a part of its topic.
 *
 * @returns null for that of a camera or of unknown people, and for what Double Take itself or others announced
 */
export function personOfSensor(topic: string, payload: Buffer): string | null {
  try {
    const { origin, icon } = JSON.parse(payload.toString()) as {
      origin?: { name?: unknown } | undefined;
      icon?: unknown;
    };
    const key = topic.split('/').at(-2)!;
    return origin?.name === SENSOR_ORIGIN.name && icon === PERSON_ICON && key !== 'unknown' ? key : null;
  } catch {
    return null;
  }
}

/** As Double Take makes a topic of a name; one that it would leave nothing of keeps apart by a hash. */
export function nameKey(name: string): string {
  const key = name.replace(/\s+/g, '-').replace(/[^a-z0-9-]/gi, '');
  return key === '' || key === 'unknown' ? topicName(name) : key;
}

// A level of a topic of its own, and no pattern.
function topicPart(text: string): string {
  return text.replace(/[/+#\0]/g, '-');
}

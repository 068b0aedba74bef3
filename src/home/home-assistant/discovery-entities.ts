import { topicName } from '../../watch/triggers/mqtt-topics.ts';
import { type CameraTopics, cameraTopics, type HomeTopics, personTopics } from './home-topics.ts';

/** Somebody who has entities of their own. */
export interface KnownPerson {
  readonly label: string;
  /** null where people have no ids: then a new name is a new person. */
  readonly personId: string | null;
}

/** One thing that Home Assistant is told of. */
export interface DiscoveryEntity {
  readonly component: 'binary_sensor' | 'sensor' | 'device_tracker' | 'event' | 'image' | 'device_automation';
  /** Unique among those of the home with the same component. */
  readonly objectId: string;
  readonly config: Readonly<Record<string, unknown>>;
}

/** What entities say of the home besides its topics. */
export interface DiscoveryContext {
  readonly topics: HomeTopics;
  /** Shown as the name of the home's device. */
  readonly name: string;
  readonly version: string;
  /** Address of the page, if it has one. */
  readonly pageUrl?: string | undefined;
}

/** What is said again at least so often, in seconds, or Home Assistant takes it to be unknown. */
export const EXPIRE_AFTER_SECONDS = 300;

/** Kinds of events that a camera's event entity fires. */
export const CAMERA_EVENT_TYPES = ['recognized', 'stranger', 'left'] as const;
/** Kinds of events that the home's event entity fires. */
export const HOME_EVENT_TYPES = ['arrived', 'left'] as const;

/** Topic of an entity's discovery message. */
export function discoveryTopic(prefix: string, home: string, entity: DiscoveryEntity): string {
  return `${prefix}/${entity.component}/${home}/${entity.objectId}/config`;
}

/** Entities of the home itself. They come first: the cameras' devices refer to its device. */
export function homeEntities(context: DiscoveryContext): DiscoveryEntity[] {
  const { topics } = context;
  const { entity, trigger } = entitiesOf(context, homeDevice(context), {});
  return [
    entity('binary_sensor', 'occupied', `${topics.id}_occupied`, {
      name: 'Somebody there',
      device_class: 'occupancy',
      state_topic: topics.occupied,
      expire_after: EXPIRE_AFTER_SECONDS,
    }),
    entity('sensor', 'people', `${topics.id}_people`, {
      name: 'People',
      icon: 'mdi:account-group',
      state_topic: topics.people,
      json_attributes_topic: topics.peopleAttributes,
      expire_after: EXPIRE_AFTER_SECONDS,
    }),
    entity('event', 'presence', `${topics.id}_presence`, {
      name: 'Presence',
      icon: 'mdi:home-account',
      state_topic: topics.event,
      event_types: HOME_EVENT_TYPES,
    }),
    ...HOME_EVENT_TYPES.map((type) =>
      trigger(`home_${type}`, { topic: topics.trigger, type, subtype: 'person' }),
    ),
  ];
}

/** Entities of a known person; they belong to the home's device. */
export function personEntities(
  context: DiscoveryContext,
  { label, personId }: KnownPerson,
): DiscoveryEntity[] {
  const { topics } = context;
  const own = personTopics(topics, personId ?? label);
  const { entity } = entitiesOf(context, homeDevice(context), {});
  const entityName = topicName(label).replaceAll('-', '_');
  const id = (what: string) => `person_${own.key}_${what}`;
  return [
    entity('binary_sensor', id('presence'), `${topics.id}_${entityName}`, {
      name: label,
      device_class: 'occupancy',
      state_topic: own.presence,
      json_attributes_topic: own.attributes,
      expire_after: EXPIRE_AFTER_SECONDS,
    }),
    entity('device_tracker', id('tracker'), `${topics.id}_${entityName}`, {
      name: label,
      // Until Home Assistant 2027.1 the state comes from its topic, later from the attribute in_zones alone.
      state_topic: own.location,
      json_attributes_topic: own.attributes,
      // Of a thing that stays in one place, as a router does: when several trackers differ, it counts while at home.
      source_type: 'router',
    }),
    entity('sensor', id('camera'), `${topics.id}_${entityName}_camera`, {
      name: `${label} last camera`,
      icon: 'mdi:cctv',
      state_topic: own.camera,
      json_attributes_topic: own.attributes,
      expire_after: EXPIRE_AFTER_SECONDS,
    }),
  ];
}

/** Entities of a camera, which is a device. */
export function cameraEntities(context: DiscoveryContext, camera: string): DiscoveryEntity[] {
  const { topics, version } = context;
  const own = cameraTopics(topics, camera);
  const device = {
    identifiers: [`${topics.id}_camera_${own.key}`],
    name: camera,
    manufacturer: 'face-trigger',
    model: 'Camera',
    sw_version: version,
    via_device: topics.id,
  };
  const { entity, trigger } = entitiesOf(context, device, cameraAvailability(topics, own));
  const key = own.key.replaceAll('-', '_');
  const id = (what: string) => `camera_${own.key}_${what}`;
  return [
    entity('sensor', id('names'), `${topics.id}_${key}_names`, {
      name: 'Who is there',
      icon: 'mdi:face-recognition',
      state_topic: own.names,
      json_attributes_topic: own.attributes,
      expire_after: EXPIRE_AFTER_SECONDS,
    }),
    entity('event', id('face'), `${topics.id}_${key}_face`, {
      name: 'Face',
      icon: 'mdi:face-recognition',
      state_topic: own.event,
      event_types: CAMERA_EVENT_TYPES,
    }),
    entity('image', id('picture'), `${topics.id}_${key}_picture`, {
      name: 'Last face',
      image_topic: own.picture,
      content_type: 'image/jpeg',
    }),
    ...CAMERA_EVENT_TYPES.map((type) => trigger(id(type), { topic: own.trigger, type, subtype: 'face' })),
  ];
}

function homeDevice({ topics, name, version, pageUrl }: DiscoveryContext): object {
  return {
    identifiers: [topics.id],
    name: `face-trigger ${name}`,
    manufacturer: 'face-trigger',
    sw_version: version,
    ...(pageUrl !== undefined && { configuration_url: pageUrl }),
  };
}

// The process, and the camera, must both be there. What a camera saw last stays true while it is lost.
function cameraAvailability({ status }: HomeTopics, own: CameraTopics): object {
  return { availability: [{ topic: status }, { topic: own.status }], availability_mode: 'all' };
}

function entitiesOf({ topics, version }: DiscoveryContext, device: object, availability: object) {
  const origin = { name: 'face-trigger', sw_version: version };
  const isOwn = Object.keys(availability).length > 0;
  return {
    entity(
      component: Exclude<DiscoveryEntity['component'], 'device_automation'>,
      objectId: string,
      entityName: string,
      config: Record<string, unknown>,
    ): DiscoveryEntity {
      const common = {
        unique_id: `${topics.id}_${objectId}`,
        default_entity_id: `${component}.${entityName}`,
        ...(isOwn && component !== 'image' ? availability : { availability_topic: topics.status }),
        device,
        origin,
      };
      return { component, objectId, config: { ...common, ...config } };
    },
    trigger(objectId: string, config: { topic: string; type: string; subtype: string }): DiscoveryEntity {
      const common = { automation_type: 'trigger', payload: config.type, device, origin };
      return { component: 'device_automation', objectId, config: { ...common, ...config } };
    },
  };
}

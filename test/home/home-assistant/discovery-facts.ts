import { z } from 'zod';

/**
 * What Home Assistant takes in MQTT discovery, by component.
 *
 * Source: home-assistant/core, homeassistant/components/mqtt: schemas.py (common keys, device, origin, availability),
 * config.py (state_topic, value_template, qos, encoding), binary_sensor.py, sensor.py, device_tracker.py, event.py,
 * image.py, device_trigger.py; and the pages of each at www.home-assistant.io/integrations/NAME.mqtt. Home Assistant
 * itself drops keys that it does not know; here they are a mistake.
 */
const text = z.string().min(1);
const topic = text.regex(/^[^#+\0]+$/);

const device = z
  .strictObject({
    identifiers: z.array(text).optional(),
    connections: z.array(z.tuple([text, text])).optional(),
    manufacturer: text.optional(),
    model: text.optional(),
    model_id: text.optional(),
    name: text.optional(),
    hw_version: text.optional(),
    serial_number: text.optional(),
    sw_version: text.optional(),
    via_device: text.optional(),
    suggested_area: text.optional(),
    configuration_url: z.url({ protocol: /^(https?|homeassistant)$/ }).optional(),
  })
  .refine(
    ({ identifiers, connections }) => Boolean(identifiers?.length || connections?.length),
    'no identifier',
  );

const origin = z.strictObject({ name: text, sw_version: text.optional(), support_url: z.url().optional() });

const availability = {
  availability_topic: topic.optional(),
  availability_template: text.optional(),
  payload_available: text.optional(),
  payload_not_available: text.optional(),
  availability: z
    .array(
      z.strictObject({
        topic,
        payload_available: text.optional(),
        payload_not_available: text.optional(),
        value_template: text.optional(),
      }),
    )
    .optional(),
  availability_mode: z.enum(['all', 'any', 'latest']).optional(),
};

const common = {
  ...availability,
  device,
  origin,
  enabled_by_default: z.boolean().optional(),
  entity_category: z.enum(['config', 'diagnostic']).optional(),
  entity_picture: z.url().optional(),
  icon: z
    .string()
    .regex(/^[a-z]+:[a-z0-9-]+$/)
    .optional(),
  json_attributes_topic: topic.optional(),
  json_attributes_template: text.optional(),
  default_entity_id: z.string().regex(/^[a-z_]+\.[a-z0-9_]+$/),
  // Optional there; without it an entity belongs to no device.
  unique_id: text,
  name: text.nullable().optional(),
  qos: z.int().min(0).max(2).optional(),
  encoding: z.string().optional(),
};

const readOnly = { ...common, state_topic: topic, value_template: text.optional() };
const expires = { expire_after: z.int().positive().optional(), force_update: z.boolean().optional() };

// "availability" and "availability_topic" exclude each other.
const oneAvailability = (config: object) => !('availability' in config && 'availability_topic' in config);

/** Checks a discovery message's payload, by component. */
export const DISCOVERY_SCHEMAS: Readonly<Record<string, z.ZodType>> = {
  binary_sensor: z
    .strictObject({
      ...readOnly,
      ...expires,
      device_class: z.enum(['occupancy', 'presence', 'motion']).optional(),
      off_delay: z.int().positive().optional(),
      payload_on: text.optional(),
      payload_off: text.optional(),
    })
    .refine(oneAvailability),
  sensor: z
    .strictObject({
      ...readOnly,
      ...expires,
      device_class: text.optional(),
      state_class: text.optional(),
      unit_of_measurement: text.optional(),
      options: z.array(text).optional(),
      last_reset_value_template: text.optional(),
      suggested_display_precision: z.int().min(0).optional(),
    })
    .refine(oneAvailability),
  device_tracker: z
    .strictObject({
      ...common,
      state_topic: topic.optional(),
      value_template: text.optional(),
      payload_home: text.optional(),
      payload_not_home: text.optional(),
      payload_reset: text.optional(),
      source_type: z.enum(['gps', 'router', 'bluetooth', 'bluetooth_le']).optional(),
    })
    // state_topic alone is no state any more from 2027.1 on, by the deprecation in device_tracker.py.
    .refine(({ json_attributes_topic: attributes }) => attributes !== undefined)
    .refine(oneAvailability),
  event: z
    .strictObject({
      ...readOnly,
      event_types: z.array(text).min(1),
      device_class: z.enum(['button', 'doorbell', 'motion']).optional(),
    })
    .refine(oneAvailability),
  image: z
    .strictObject({
      ...common,
      content_type: text.optional(),
      image_encoding: z.literal('b64').optional(),
      image_topic: topic.optional(),
      url_topic: topic.optional(),
      url_template: text.optional(),
    })
    .refine(({ image_topic: image, url_topic: url }) => (image === undefined) !== (url === undefined))
    .refine(oneAvailability),
  device_automation: z.strictObject({
    automation_type: z.literal('trigger'),
    device,
    origin,
    payload: text.optional(),
    qos: z.int().min(0).max(2).optional(),
    encoding: z.string().optional(),
    topic,
    type: text,
    subtype: text,
    value_template: text.optional(),
  }),
};

/**
 * Topic of a discovery message: prefix, component, node, object, `config`; node and object of letters, digits, `_` and
 * `-` only. Source: discovery.py, TOPIC_MATCHER.
 */
export const DISCOVERY_TOPIC =
  /^homeassistant\/(?<component>\w+)\/(?<node>[a-zA-Z0-9_-]+)\/(?<object>[a-zA-Z0-9_-]+)\/config$/;

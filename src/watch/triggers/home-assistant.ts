import type { MqttMessage } from './mqtt-outbox.ts';
import type { MqttTopics } from './mqtt-topics.ts';

/** Topic where Home Assistant says `online` after its start, and wants to hear of the sensors again. */
export function birthTopic(discoveryPrefix: string): string {
  return `${discoveryPrefix}/status`;
}

/**
 * Tells Home Assistant of the sensor of a source.
 *
 * @param topics - of the source
 * @param options.source - shown as the device's name
 * @remarks Keys of its MQTT discovery for sensors, one message for each. `default_entity_id` names the entity since
 * Home Assistant 2025.10, in place of `object_id`. An empty person is no state of its own: `None` is what Home
 * Assistant takes for unknown.
 */
export function discoveryMessage(
  topics: MqttTopics,
  options: { readonly discoveryPrefix: string; readonly source: string },
): MqttMessage {
  const { id } = topics;
  const config = {
    name: 'Person',
    unique_id: id,
    default_entity_id: `sensor.${id}`,
    state_topic: topics.person,
    value_template: "{{ value if value else 'None' }}",
    json_attributes_topic: topics.attributes,
    availability_topic: topics.status,
    payload_available: 'online',
    payload_not_available: 'offline',
    icon: 'mdi:face-recognition',
    device: { identifiers: [id], name: `face-trigger ${options.source}`, manufacturer: 'face-trigger' },
    origin: { name: 'face-trigger' },
  };
  return {
    topic: discoveryTopic(id, options.discoveryPrefix),
    payload: JSON.stringify(config),
    retain: true,
  };
}

/** Takes the sensor away again. */
export function removalMessage(topics: MqttTopics, discoveryPrefix: string): MqttMessage {
  return { topic: discoveryTopic(topics.id, discoveryPrefix), payload: '', retain: true };
}

function discoveryTopic(id: string, discoveryPrefix: string): string {
  return `${discoveryPrefix}/sensor/${id}/config`;
}

import { createHash } from 'node:crypto';

/** Where the messages about one source go. */
export interface MqttTopics {
  /** `online` or `offline`. */
  readonly status: string;
  /** Each event. */
  readonly event: string;
  /** Who is there. */
  readonly person: string;
  readonly attributes: string;
  /** JPEG of the last face. */
  readonly picture: string;
  /** Tells processes that use the same topics from each other. */
  readonly instance: string;
  /** Of this source below this prefix, in small letters, digits and `_`. */
  readonly id: string;
}

/** The topics of a source. @param prefix - their common beginning */
export function mqttTopics(prefix: string, source: string): MqttTopics {
  const base = `${prefix}/${topicName(source)}`;
  return {
    status: `${base}/status`,
    event: `${base}/event`,
    person: `${base}/person`,
    attributes: `${base}/person/attributes`,
    picture: `${base}/picture`,
    instance: `${base}/instance`,
    id: `${topicName(prefix)}-${topicName(source)}`.replaceAll('-', '_'),
  };
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

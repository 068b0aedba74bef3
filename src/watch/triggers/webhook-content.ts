import type { WatchEvent } from '../watch-event.ts';
import { fillTemplate, PICTURE_PLACEHOLDER } from './fill-template.ts';

/** What a receiver is sent of an event; by default the event as JSON. */
export interface WebhookForm {
  /** A form of two parts, `event` (JSON) and `picture` (JPEG; left out where there is none). */
  readonly picture?: boolean | undefined;
  /** JSON of one's own: texts may have placeholders. */
  readonly json?: unknown;
  /** A form of one's own; a field that is `{picture}` is the picture. */
  readonly form?: Readonly<Record<string, string>> | undefined;
  /** The picture alone; nothing where there is none. */
  readonly content?: 'picture' | undefined;
}

/** An event with the picture that goes with it. */
export interface Delivery {
  readonly event: unknown;
  /** JPEG. */
  readonly picture: Buffer | null;
}

const PACKED = '{"picture":"';

/** Whether a receiver gets the picture, so that it must be kept with the event. */
export function wantsPicture({ picture, form, content }: WebhookForm): boolean {
  const inForm = Object.values(form ?? {}).includes(PICTURE_PLACEHOLDER);
  return picture === true || content === 'picture' || inForm;
}

/** Makes one text of an event's JSON and its picture, for the queue. */
export function packDelivery(json: string, picture: Buffer | null): string {
  return picture === null ? json : `${PACKED}${picture.toString('base64')}","event":${json}}`;
}

/** Takes apart what {@link packDelivery} made. */
export function unpackDelivery(body: string): Delivery {
  if (!body.startsWith(PACKED)) return { event: parsed(body), picture: null };
  const { picture, event } = JSON.parse(body) as { picture: string; event: unknown };
  return { event, picture: Buffer.from(picture, 'base64') };
}

/** The same with the mark that it may have been told before. */
export function markRepeat(body: string): string {
  const { event, picture } = unpackDelivery(body);
  if (typeof event !== 'object' || event === null) return body;
  return packDelivery(JSON.stringify({ ...event, repeat: true }), picture);
}

/** The bytes that a receiver is sent, and their type. @param body - as it stands in the queue */
export async function webhookContent(
  body: string,
  options: WebhookForm,
): Promise<{ readonly type: string; readonly bytes: Buffer; readonly isForm: boolean }> {
  const isPlain = !options.picture && !options.form && !options.content && options.json === undefined;
  if (isPlain) return { type: 'application/json', bytes: Buffer.from(body), isForm: false };
  const { event, picture } = unpackDelivery(body);
  if (options.content === 'picture')
    return { type: 'image/jpeg', bytes: picture ?? Buffer.alloc(0), isForm: false };
  if (options.json !== undefined) {
    const text = JSON.stringify(fillTemplate(options.json, event as WatchEvent));
    return { type: 'application/json', bytes: Buffer.from(text), isForm: false };
  }
  const form = new FormData();
  const addPicture = (name: string) => {
    if (picture) form.append(name, new Blob([new Uint8Array(picture)], { type: 'image/jpeg' }), 'face.jpg');
  };
  if (options.form) {
    for (const [name, value] of Object.entries(options.form)) {
      if (value === PICTURE_PLACEHOLDER) addPicture(name);
      else form.append(name, fillTemplate(value, event as WatchEvent));
    }
  } else {
    form.append('event', new Blob([JSON.stringify(event)], { type: 'application/json' }), 'event.json');
    addPicture('picture');
  }
  const response = new Response(form);
  const bytes = Buffer.from(await response.arrayBuffer());
  return { type: response.headers.get('content-type')!, bytes, isForm: true };
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return body;
  }
}

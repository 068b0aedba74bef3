import * as z from 'zod/mini';
import { FaceTriggerError } from '../core/errors.ts';
import { isError } from '../core/is-kind.ts';
import { MODEL_PACK, MODEL_PACK_FILE, type ModelPack, type ModelPart } from '../models/model-pack.ts';
import type { ModelSource } from '../models/model-source.ts';
import { MODEL_CACHE } from './model-cache.ts';

/** How far the files of the models have come. */
export interface ModelProgress {
  /** The file that came on. */
  readonly file: string;
  /** Bytes of it that are there. */
  readonly loaded: number;
  /** Its size in bytes. */
  readonly total: number;
}

export interface FetchSourceOptions {
  /** Told as bytes arrive; files that were kept are told once, whole. */
  readonly onProgress?: ((progress: ModelProgress) => void) | undefined;
  /** Keep the files in the browser's CacheStorage, so that the next visit needs no network. @defaultValue true */
  readonly keep?: boolean | undefined;
}

/**
 * Models that a server gives: a folder that `face-trigger models web` wrote.
 *
 * @param folder - its address, absolute
 * @remarks The description is asked for at each visit and taken from the cache where there is no network. Files are
 * kept under their SHA-256 and checked by it each time.
 */
export function fetchSource(
  folder: string,
  { onProgress = () => undefined, keep = true }: FetchSourceOptions = {},
): ModelSource {
  const base = new URL(folder.endsWith('/') ? folder : `${folder}/`);
  let reading: Promise<ModelPack> | undefined;
  const open = async () => (keep && globalThis.caches ? caches.open(MODEL_CACHE).catch(() => null) : null);
  return {
    readPack() {
      reading ??= readPack(new URL(MODEL_PACK_FILE, base), open);
      return reading;
    },
    async readPart(part) {
      const url = new URL(part.file, base);
      const key = `${url.href}?sha256=${part.sha256}`;
      const cache = await open();
      const kept = await cache?.match(key);
      if (kept) {
        const bytes = new Uint8Array(await kept.arrayBuffer());
        // Storage of a browser may be damaged as any disk; it is then fetched again.
        if (await isPart(bytes, part)) {
          onProgress({ file: part.file, loaded: bytes.length, total: bytes.length });
          return bytes;
        }
      }
      const bytes = await readBytes(await fetched(url), part, onProgress);
      if (!(await isPart(bytes, part))) {
        const message = `${url.href} is damaged: its SHA-256 is not the one described`;
        throw new FaceTriggerError('ERR_MODEL_FORMAT', message);
      }
      // A storage that is full or forbidden costs a download each time, nothing else.
      await cache?.put(key, new Response(bytes as Uint8Array<ArrayBuffer>)).catch(() => undefined);
      return bytes;
    },
  };
}

async function readPack(url: URL, open: () => Promise<Cache | null>): Promise<ModelPack> {
  const cache = await open();
  const answer = await fetched(url).catch(async (error: unknown) => {
    const kept = await cache?.match(url.href);
    if (kept) return kept;
    throw error;
  });
  const text = await answer.text();
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (cause) {
    throw new FaceTriggerError('ERR_MODEL_FORMAT', `${url.href} is not JSON`, { cause });
  }
  const read = MODEL_PACK.safeParse(content);
  if (!read.success) {
    const message = `${url.href} is not a description of models:\n${z.prettifyError(read.error)}`;
    throw new FaceTriggerError('ERR_MODEL_FORMAT', message, { cause: read.error });
  }
  await cache?.put(url.href, new Response(text)).catch(() => undefined);
  return read.data;
}

async function fetched(url: URL): Promise<Response> {
  let answer: Response;
  try {
    answer = await fetch(url);
  } catch (cause) {
    const why = isError(cause) ? cause.message : String(cause);
    const message = `Could not fetch ${url.href}: ${why}`;
    throw new FaceTriggerError('ERR_MODEL_NOT_FOUND', message, { cause });
  }
  if (answer.ok) return answer;
  const message = `Could not fetch ${url.href}: the server answered ${answer.status}. Is the folder there that "face-trigger models web" wrote?`;
  throw new FaceTriggerError('ERR_MODEL_NOT_FOUND', message);
}

async function readBytes(
  answer: Response,
  part: ModelPart,
  onProgress: (progress: ModelProgress) => void,
): Promise<Uint8Array> {
  const { file, bytes: total } = part;
  const target = new Uint8Array(total);
  let loaded = 0;
  const reader = answer.body!.getReader();
  for (let step = await reader.read(); !step.done; step = await reader.read()) {
    if (loaded + step.value.length > total) {
      await reader.cancel();
      throw new FaceTriggerError('ERR_MODEL_FORMAT', `${answer.url} is longer than described`);
    }
    target.set(step.value, loaded);
    loaded += step.value.length;
    onProgress({ file, loaded, total });
  }
  return target.subarray(0, loaded);
}

async function isPart(bytes: Uint8Array, part: ModelPart): Promise<boolean> {
  // Only pages of https and localhost have it.
  if (!globalThis.isSecureContext) {
    const message = 'Models can be checked only in a page that is served by https or from localhost';
    throw new FaceTriggerError('ERR_UNAVAILABLE', message);
  }
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('') === part.sha256;
}

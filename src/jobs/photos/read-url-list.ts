import { basename } from 'node:path';
import { FaceTriggerError } from '../../core/errors.ts';
import { personOfPhoto } from '../../dataset/people-folder.ts';
import { readFileWithin } from '../../node/files/read-file-within.ts';
import type { NewTask } from '../job-queue.ts';
import { enrollTask, sourceOf } from './plan-photos.ts';
import { type ListedUrl, readUrlLine } from './read-url-line.ts';
import { shownUrl, webUrl } from './shown-url.ts';

/** Largest list: a million long addresses. */
const MAX_LIST_BYTES = 1_000_000_000;

/**
 * Reads a list of addresses of photos.
 *
 * @param path - lines with `URL` or `URL,person` (see {@link readUrlLine}), where empty lines and those that begin with # count for nothing; or a
 * JSON array of `"URL"` and `{"url": "...", "person": "..."}`
 * @throws FaceTriggerError `ERR_FILE_FORMAT` with the place of what is no such thing
 */
export async function readUrlList(path: string): Promise<readonly ListedUrl[]> {
  const bytes = await readFileWithin(path, { maxBytes: MAX_LIST_BYTES });
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw badList(path, 'the file', 'is not UTF-8 text', cause);
  }
  const items = text.trimStart().startsWith('[') ? jsonItems(path, text) : lineItems(path, text);
  const listed = items.map(({ place, item }) => {
    if (webUrl(item.url) !== null) return item;
    throw badList(path, place, 'has no address that begins with https:// or http://');
  });
  if (listed.length === 0) throw badList(path, 'the list', 'is empty');
  return listed;
}

/**
 * Tasks for photos that workers fetch.
 *
 * @param name - whom they show where the list does not say. @defaultValue the folder that the photo is in, as
 * `people/Ada/1.jpg` says; of a photo in none the name of the file without its number
 */
export function tasksOfUrls(list: readonly ListedUrl[], name: string | undefined): readonly NewTask[] {
  return list.map(({ url: text, person }) => {
    const url = webUrl(text)!;
    const path = decodedPath(url);
    const source = sourceOf(basename(path));
    return enrollTask(shownUrl(url), {
      person: person ?? name ?? personOfAddress(path),
      url: url.href,
      source,
    });
  });
}

interface Item {
  /** Where it stands in the list. */
  readonly place: string;
  readonly item: ListedUrl;
}

function lineItems(path: string, text: string): readonly Item[] {
  return text.split(/\r?\n/).flatMap((line, i) => {
    const trimmed = line.trim();
    if (trimmed === '' || trimmed.startsWith('#')) return [];
    const place = `line ${i + 1}`;
    const item = readUrlLine(trimmed);
    if (typeof item === 'string') throw badList(path, place, item);
    return [{ place, item }];
  });
}

function jsonItems(path: string, text: string): readonly Item[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (cause) {
    throw badList(path, 'the file', `is no JSON (${(cause as Error).message})`, cause);
  }
  return (parsed as readonly unknown[]).map((value, i) => {
    const place = `item ${i}`;
    if (typeof value === 'string') return { place, item: { url: value } };
    const { url, person, ...rest } = (value ?? {}) as Record<string, unknown>;
    const isItem =
      typeof url === 'string' &&
      ['string', 'undefined'].includes(typeof person) &&
      Object.keys(rest).length === 0;
    if (!isItem) throw badList(path, place, 'is neither an address nor {"url": "...", "person": "..."}');
    return { place, item: { url, ...(person !== undefined && { person: person as string }) } };
  });
}

function personOfAddress(path: string): string {
  const parts = path.split('/').filter((part) => part !== '');
  return personOfPhoto(parts.slice(-2).join('/'));
}

function decodedPath({ pathname }: URL): string {
  try {
    return decodeURIComponent(pathname);
  } catch {
    return pathname;
  }
}

function badList(path: string, place: string, why: string, cause?: unknown): FaceTriggerError {
  return new FaceTriggerError('ERR_FILE_FORMAT', `${path}: ${place} ${why}`, { cause });
}

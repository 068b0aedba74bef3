import { expectation, FaceTriggerError } from '../core/errors.ts';
import { PRIVATE_FILE_MODE, writeFileAtomic } from '../node/files/atomic-write.ts';
import { readFileWithin } from '../node/files/read-file-within.ts';

/** Names of people; the encoded label is the position in the list. */
export type LabelMap = readonly string[];

/** Limits of a label map, so that a hostile file costs little. */
export const LABEL_MAP_LIMITS = {
  /** Largest file in bytes: a million names of 64 bytes. */
  maxBytes: 64 * 1024 * 1024,
  maxLabels: 1_000_000,
  /** Longest name in UTF-16 units. */
  maxNameLength: 1024,
} as const;

/** Version of the format that this code reads and writes. */
const VERSION = 1;

/**
 * Reads a label map: JSON `{"version": 1, "labels": ["first person", ...]}`.
 *
 * @param path - the file
 * @returns encoded label i -> labels[i], in Unicode's composed form
 * @throws FaceTriggerError `ERR_FILE_NOT_FOUND`, `ERR_FILE_READ`, `ERR_FILE_FORMAT`
 */
export async function readLabelMap(path: string): Promise<LabelMap> {
  const bytes = await readFileWithin(path, { maxBytes: LABEL_MAP_LIMITS.maxBytes });
  return parseLabelMap(bytes, path);
}

/**
 * Writes a label map, atomically.
 *
 * @throws FaceTriggerError `ERR_FILE_FORMAT` for names that {@link readLabelMap} would refuse, `ERR_FILE_WRITE`
 */
export async function writeLabelMap(path: string, labels: LabelMap): Promise<void> {
  const names = checkLabels(labels, 'labels');
  await writeFileAtomic(path, `${JSON.stringify({ version: VERSION, labels: names }, null, 2)}\n`, {
    mode: PRIVATE_FILE_MODE,
  });
}

/**
 * Reads a label map from bytes.
 *
 * @param bytes - UTF-8, with or without a byte order mark
 * @param name - what error messages call it
 * @throws FaceTriggerError `ERR_FILE_FORMAT`
 */
export function parseLabelMap(bytes: Uint8Array, name = 'label map'): LabelMap {
  if (bytes.byteLength > LABEL_MAP_LIMITS.maxBytes) {
    throw unfit(`at most ${LABEL_MAP_LIMITS.maxBytes} bytes`, name, bytes.byteLength);
  }
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new FaceTriggerError('ERR_FILE_FORMAT', `${name} is not JSON: ${(cause as Error).message}`, {
      cause,
    });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw unfit('an object {"version", "labels"}', name, value);
  }
  const fields = new Map<string, unknown>(Object.entries(value));
  for (const key of fields.keys()) {
    if (key !== 'version' && key !== 'labels') throw unfit('no field but "version" and "labels"', name, key);
  }
  if (fields.get('version') !== VERSION)
    throw unfit(String(VERSION), `version of ${name}`, fields.get('version'));
  return checkLabels(fields.get('labels'), `labels of ${name}`);
}

function checkLabels(labels: unknown, name: string): LabelMap {
  if (!Array.isArray(labels)) throw unfit('an array of names', name, labels);
  if (labels.length > LABEL_MAP_LIMITS.maxLabels) {
    throw unfit(`at most ${LABEL_MAP_LIMITS.maxLabels} names`, name, labels.length);
  }
  const seen = new Set<string>();
  const names: string[] = [];
  for (let i = 0; i < labels.length; i++) {
    const label: unknown = labels[i];
    if (typeof label !== 'string' || label === '' || label.length > LABEL_MAP_LIMITS.maxNameLength) {
      throw unfit(`a name of 1 to ${LABEL_MAP_LIMITS.maxNameLength} characters`, `${name}[${i}]`, label);
    }
    // "é" can be written in two ways that look the same: people who differ only in that are one person.
    const canonical = label.normalize('NFC').trim();
    if (seen.has(canonical)) throw unfit('every name once', `${name}[${i}]`, label);
    seen.add(canonical);
    names.push(label.normalize('NFC'));
  }
  return names;
}

function unfit(expected: string, name: string, received: unknown): FaceTriggerError {
  return new FaceTriggerError('ERR_FILE_FORMAT', expectation(expected, name, received));
}

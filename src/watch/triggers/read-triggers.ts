import { dirname, resolve } from 'node:path';
import type { z } from 'zod';
import { parseYaml, readYamlFile } from '../../node/files/yaml-file.ts';
import { type Trigger, triggerFileSchema } from './trigger-schema.ts';

/** A checked triggers file. */
export interface Triggers {
  readonly triggers: readonly Trigger[];
  /** For the hours; null: that of this machine. */
  readonly timeZone: string | null;
}

/**
 * Reads a triggers file, YAML or JSON. Folders that it names stand beside it, unless their paths are absolute.
 *
 * @throws FaceTriggerError `ERR_FILE_NOT_FOUND`; `ERR_FILE_FORMAT` with a line for each mistake: file, line, column,
 * path and what was expected there
 */
export async function readTriggers(path: string): Promise<Triggers> {
  const read = toTriggers(await readYamlFile(path, triggerFileSchema));
  return { ...read, triggers: foldersBeside(read.triggers, path) };
}

/**
 * Checks the text of a triggers file.
 *
 * @param options.path - the file's name in messages
 * @throws FaceTriggerError `ERR_FILE_FORMAT`
 */
export function parseTriggers(content: string, options: { readonly path: string }): Triggers {
  return toTriggers(parseYaml(content, triggerFileSchema, options));
}

/** The triggers with the folders that they name beside the file in which they stand. */
export function foldersBeside(triggers: readonly Trigger[], path: string): readonly Trigger[] {
  const place = dirname(resolve(path));
  return triggers.map((trigger) => ({
    ...trigger,
    do: trigger.do.map((action) =>
      action.type === 'snapshot' ? { ...action, folder: resolve(place, action.folder) } : action,
    ),
  }));
}

function toTriggers({ triggers, timeZone }: z.output<typeof triggerFileSchema>): Triggers {
  return { triggers, timeZone: timeZone ?? null };
}

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
 * Reads a triggers file, YAML or JSON.
 *
 * @throws FaceTriggerError `ERR_FILE_NOT_FOUND`; `ERR_FILE_FORMAT` with a line for each mistake: file, line, column,
 * path and what was expected there
 */
export async function readTriggers(path: string): Promise<Triggers> {
  return toTriggers(await readYamlFile(path, triggerFileSchema));
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

function toTriggers({ triggers, timeZone }: z.output<typeof triggerFileSchema>): Triggers {
  return { triggers, timeZone: timeZone ?? null };
}

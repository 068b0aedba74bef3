import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** A part of a pack's description, as far as tests look at it. */
export interface Part {
  kind: string;
  precision: string;
  id: string;
  identity: string;
  facts?: { thresholds: Record<string, number> };
}

/**
 * The package's networks as a pack of another name, whose embedders are others to everybody: other ids, identities and
 * thresholds.
 */
export async function copiedPack(folder: string): Promise<string> {
  const pack = join(folder, 'own models');
  await cp(join(ROOT, 'models', 'dlib'), pack, { recursive: true });
  const path = join(pack, 'face-trigger.json');
  const description = JSON.parse(await readFile(path, 'utf8')) as { name: string; parts: Part[] };
  description.name = 'house';
  for (const part of description.parts) {
    if (part.kind !== 'embedder') continue;
    part.id = part.precision === 'int8' ? 'house-small' : 'house';
    part.identity = (part.precision === 'int8' ? '8' : 'f').repeat(64);
    part.facts!.thresholds['verify'] = 0.45;
    part.facts!.thresholds['identify'] = 0.4;
  }
  await writeFile(path, JSON.stringify(description));
  return pack;
}

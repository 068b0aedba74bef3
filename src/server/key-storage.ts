import { z } from 'zod';
import { API_KEY_SCOPES } from './api-key-scopes.ts';

const COMMON = {
  id: z.string(),
  label: z.string(),
  scopes: z.array(z.enum(API_KEY_SCOPES)),
  createdAt: z.string(),
  /** The only gallery that it is for. */
  gallery: z.string().optional(),
};
const SLOW_KEY = z.object({ ...COMMON, salt: z.string(), hash: z.string() });
const FAST_KEY = z.object({ ...COMMON, sha256: z.string() });

/** A key of version 1, whose hash is slow to make. */
export type SlowKey = z.infer<typeof SLOW_KEY>;
/** A key as it is kept. */
export type FastKey = z.infer<typeof FAST_KEY>;
/** A key of any version. */
export type StoredKey = FastKey | SlowKey;

/** A file of keys. Version 3 has keys for one gallery alone, which older programs would take for keys of all. */
export const KEY_FILE = z.object({
  version: z.union([z.literal(1), z.literal(2), z.literal(3)]),
  keys: z.array(z.union([FAST_KEY, SLOW_KEY])),
});

/** Where keys are kept. */
export interface KeyStorage {
  list(): Promise<readonly StoredKey[]>;
  /** A key that may be a second old in a file; in a database it is asked for each time. */
  find(id: string): Promise<StoredKey | null>;
  /** Changes the keys as they are at this moment, whoever else changes them. */
  change(change: (keys: readonly StoredKey[]) => readonly StoredKey[]): Promise<void>;
  dispose(): Promise<void>;
}

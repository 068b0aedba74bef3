import { z } from 'zod';
import { textSchema } from './text-schema.ts';

/** The page and the API, as `face-trigger serve` takes its options. */
export const serverSchema = z.strictObject({
  host: textSchema.default('127.0.0.1'),
  port: z.int().min(0).max(65_535).default(8000),
  /** File of the API keys. */
  keys: textSchema.default('face-trigger-keys.json'),
  /** File of the settings made in the page. */
  settings: textSchema.default('face-trigger-settings.json'),
  /** Processes that analyze uploaded pictures. */
  workers: z.int().min(1).max(64).default(1),
  thumbnails: z.boolean().default(true),
  /** Requests a minute of one key. */
  rate: z.int().min(1).default(600),
  origins: z.array(textSchema).default([]),
  trustedProxies: z.array(textSchema).default([]),
  logLevel: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'silent']).default('warn'),
});

/** The page and the API, with defaults filled in. */
export type ServerConfig = z.output<typeof serverSchema>;

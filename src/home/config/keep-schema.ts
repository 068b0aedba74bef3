import { z } from 'zod';

/** What is kept of what cameras see, and for how long. */
export const keepSchema = z.strictObject({
  /** Appearances, strangers and decisions go so many days after they were seen last. */
  days: z.int().min(1).max(3650).default(30),
  /** Pictures of faces go after so many days; 0: none are kept. */
  pictureDays: z.int().min(0).max(3650).default(7),
  /** Strangers at most; those seen longest ago go first. */
  strangers: z.int().min(1).max(20_000).default(2000),
});

/** What is kept, with defaults filled in. */
export type KeepConfig = z.output<typeof keepSchema>;

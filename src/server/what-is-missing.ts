import { failureAnswer } from './failure-answer.ts';
import type { ServerContext } from './server-context.ts';
import type { ServerDatabase } from './shared/server-database.ts';

/** Something without which a server takes no work. */
export interface Missing {
  readonly what: 'models' | 'database' | 'gallery' | 'schema' | 'mirror' | 'queue' | 'stopping';
  /** For people; names no file or folder. */
  readonly reason: string;
  readonly error?: Error | undefined;
}

/** The memory index hears of changes, and asks for them every second: after this time something holds it up. */
const LAG_MS = 10_000;
/** A process that takes the place of another has its models sooner, and pictures wait for it. */
const LOADING_MS = 5000;

const OTHER_MODELS =
  'The gallery was given other models while it was served; the server goes on with them by itself, unless they are not installed here or it was started with others by --models or --precision: then start it again';

/** Says what a server waits for; nothing where it takes work. */
export async function whatIsMissing(
  { gallery, pool, isStopping }: ServerContext,
  shared: ServerDatabase | undefined,
): Promise<readonly Missing[]> {
  const missing: Missing[] = [];
  if (isStopping()) missing.push({ what: 'stopping', reason: 'The server is stopping' });
  const failed = (what: Missing['what'], error: unknown): void => {
    const { code } = error as { readonly code?: unknown };
    const reason = code === 'ERR_MODEL_MISMATCH' ? OTHER_MODELS : failureAnswer(error as Error).message;
    missing.push({ what, reason, error: error as Error });
  };
  // Before anything is read, which tells how old what it holds was.
  const lagMs = gallery.lagMs ?? 0;
  let isThere = true;
  try {
    await shared?.requireOwnSchema();
  } catch (error) {
    const { code, message } = error as Error & { readonly code?: unknown };
    isThere = code === 'ERR_FILE_FORMAT';
    if (isThere) missing.push({ what: 'schema', reason: message, error: error as Error });
    else failed('database', error);
  }
  try {
    // What is away is told once.
    if (isThere) await gallery.stats();
  } catch (error) {
    failed('gallery', error);
  }
  if (lagMs > LAG_MS) {
    const reason = `What other servers changed was last taken in ${Math.round(lagMs / 1000)} s ago`;
    missing.push({ what: 'mirror', reason });
  }
  const { problem } = pool;
  if (problem) missing.push({ what: 'models', reason: problem.message, error: problem });
  else if (pool.loadingMs > LOADING_MS) {
    const reason = `The models have been loading for ${Math.round(pool.loadingMs / 1000)} s`;
    missing.push({ what: 'models', reason });
  }
  if (pool.isFull) missing.push({ what: 'queue', reason: 'The queue for pictures is full' });
  return missing;
}

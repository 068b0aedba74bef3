import type { EmbedderProfile } from '../core/embed/embedder-profile.ts';
import type { EmbedderPart } from './model-pack.ts';

/** What a pack says of an embedder. */
export function embedderProfileOf({ id, identity, licence, facts }: EmbedderPart): EmbedderProfile {
  return { ...facts, id, sha256: identity, licence: licence.weights };
}

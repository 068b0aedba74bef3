import type { FaceTriggerError } from '../../core/errors.ts';
import { LEDGER } from '../../models/licence-ledger.ts';
import { checkDistances } from '../check-distances.ts';
import { checkEmbedder } from '../check-embedding.ts';
import { GALLERY_PACK } from '../gallery-pack.ts';
import type { GalleryEmbedder } from '../gallery-types.ts';
import type { GallerySettings } from './gallery-store.ts';

/** Settings as a database keeps them: texts where there is something. */
export type SettingTexts = {
  readonly [key in 'metric' | 'distances' | 'ledger' | 'pack']?: unknown;
};

/**
 * What a gallery is made for.
 *
 * @param unclear - the error where it does not properly say something, and why
 */
export function settingsOf(
  embedder: GalleryEmbedder,
  { metric, distances, ledger, pack }: SettingTexts,
  unclear: (what: string, why: string) => FaceTriggerError,
): GallerySettings {
  function checked<Value>(what: string, check: () => Value): Value {
    try {
      return check();
    } catch (cause) {
      throw unclear(what, (cause as Error).message);
    }
  }
  return {
    embedder: checked('what embedder it is for', () => checkEmbedder(embedder)),
    metric: metric === 'cosine' ? 'cosine' : 'euclidean',
    ...(typeof distances === 'string' && {
      distances: checked('what distances in it mean', () => checkDistances(JSON.parse(distances))),
    }),
    ...(typeof ledger === 'string' && {
      ledger: checked('how its models may be used', () => LEDGER.parse(JSON.parse(ledger))),
    }),
    ...(typeof pack === 'string' && {
      pack: checked('which models it is for', () => GALLERY_PACK.parse(JSON.parse(pack))),
    }),
  };
}

/** Whether embeddings of two embedders are of one kind. */
export function isSameEmbedder(a: GalleryEmbedder, b: GalleryEmbedder): boolean {
  return a.id === b.id && a.sha256 === b.sha256 && a.dimension === b.dimension;
}

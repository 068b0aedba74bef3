import type { EmbedderIdentity } from './embedder-profile.ts';

/** What a row is marked with whose embedding an embedder made: who it is and the hash of its weights. */
export function modelMark({ id, sha256 }: EmbedderIdentity): string {
  return `${id} ${sha256}`;
}

/** A mark of this version, and of earlier ones: "id@" or "id:" and the hash or its first digits. */
const MARK = /^(?<id>.*)[ @:](?<hash>[0-9a-f]{12,64})$/s;

/** Whether a mark, of whatever version, is of an embedder. */
export function isMarkOf(mark: string, { id, sha256 }: EmbedderIdentity): boolean {
  if (mark === modelMark({ id, sha256 })) return true;
  const found = MARK.exec(mark)?.groups;
  return found !== undefined && found['id'] === id && sha256.startsWith(found['hash']!);
}

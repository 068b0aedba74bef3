import { everyRow } from './export-records.ts';
import type { TrainingSet } from './gallery-types.ts';
import type { GalleryReads } from './stores/gallery-store.ts';

/** Embeddings and names of everybody who has not expired. */
export async function readTrainingSet(store: GalleryReads): Promise<TrainingSet> {
  const names = new Map<string, string>();
  for await (const { id, name } of everyRow((page) => store.listPeople(page))) names.set(id, name);
  const embeddings: Float32Array[] = [];
  const labels: string[] = [];
  for await (const face of everyRow((page) => store.listFaces({ ...page, withEmbeddings: true }))) {
    const name = names.get(face.personId);
    if (name === undefined || !face.embedding) continue;
    embeddings.push(face.embedding);
    labels.push(name);
  }
  return { embeddings, labels };
}

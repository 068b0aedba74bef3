import type { EmbedderIdentity } from '../core/embed/embedder-profile.ts';
import { FaceTriggerError } from '../core/errors.ts';
import type { ModelPrecision } from '../models/model-pack.ts';
import { folderSource } from '../node/models/folder-source.ts';
import { DEFAULT_PACK, isPackaged } from '../node/models/pack-folders.ts';
import { type WebFolderFile, webFolderFiles } from '../node/models/write-web-folder.ts';

/** What a page computes embeddings of the server's own kind with. */
export interface BrowserModels {
  readonly precision: ModelPrecision;
  readonly files: readonly WebFolderFile[];
}

/**
 * The models for pages that give the embeddings of an embedder.
 *
 * @param models - those that the server looks at pictures with
 * @returns `null` where onnxruntime-web is not installed, and for models that did not come with face-trigger: whoever
 * brought them decides to whom they are given
 */
export async function findBrowserModels(
  embedder: EmbedderIdentity,
  models: string = DEFAULT_PACK,
): Promise<BrowserModels | null> {
  if (!isPackaged(models)) return null;
  try {
    const { parts } = await folderSource(models).readPack();
    const part = parts.find(({ kind, identity }) => kind === 'embedder' && identity === embedder.sha256);
    if (part === undefined) return null;
    return { precision: part.precision, files: await webFolderFiles({ models, precision: 'both' }) };
  } catch (error) {
    if (error instanceof FaceTriggerError && error.code === 'ERR_MODEL_NOT_FOUND') return null;
    throw error;
  }
}

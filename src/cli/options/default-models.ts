import type { Command } from 'commander';
import type { EmbeddingQuality } from '../../core/embed/embedding-quality.ts';
import { FaceTriggerError } from '../../core/errors.ts';
import { galleryExists } from '../../gallery/gallery-exists.ts';
import { chosenPack } from '../../node/models/chosen-pack.ts';
import { BEST_MODELS, DEFAULT_PACK } from '../../node/models/pack-folders.ts';

/** Names the pack for commands that are not told one. */
export const MODELS_VARIABLE = 'FACE_TRIGGER_MODELS';

/** The pack of what is new, and who says so. */
export async function chosenModels(): Promise<{
  readonly name: string;
  readonly from: 'environment' | 'choice' | 'default';
}> {
  const variable = process.env[MODELS_VARIABLE];
  if (variable) return { name: variable, from: 'environment' };
  const chosen = await chosenPack();
  return chosen === undefined ? { name: DEFAULT_PACK, from: 'default' } : { name: chosen, from: 'choice' };
}

/**
 * Gives a command that was not told which models to use those that the user chose, by the environment or by
 * `models use`, or the best that come along where the best quality is asked for. Galleries and model folders that exist
 * keep theirs.
 */
export async function takeDefaultModels(command: Command): Promise<void> {
  if (!command.options.some(({ long }) => long === '--models')) return;
  // These are about all packs.
  if (command.parent?.name() === 'models') return;
  const { models, model, gallery, quality } = command.opts<{
    models?: string | undefined;
    model?: string | undefined;
    gallery?: string | undefined;
    quality?: EmbeddingQuality | undefined;
  }>();
  if (models !== undefined || model !== undefined) return;
  if (gallery !== undefined && (await hasGallery(gallery))) return;
  const { name, from } = await chosenModels();
  if (from !== 'default') command.setOptionValueWithSource('models', name, 'config');
  else if (quality === 'best') command.setOptionValueWithSource('models', BEST_MODELS, 'config');
}

/** What is wrong with the address of a gallery is for the command to say. */
async function hasGallery(url: string): Promise<boolean> {
  try {
    return await galleryExists(url);
  } catch (error) {
    if (error instanceof FaceTriggerError) return true;
    throw error;
  }
}

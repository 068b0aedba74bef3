import { FaceTriggerError } from '../../core/errors.ts';
import type { ModelFile } from '../../models/describe-model.ts';
import { KNOWN_MODELS } from '../../models/known-models.ts';
import { recognizeGraph } from '../../models/recognize-graph.ts';
import { measureAnchors } from '../../models/retinaface/measure-anchors.ts';
import { readModelInfo } from '../../onnx/read-model-info.ts';
import { NODE_RUNTIME } from '../runtime/session.ts';

/**
 * Finds out by running them what files do not say of themselves: the anchors of RetinaFaces.
 *
 * @returns the same files, with what was measured
 */
export async function measureModels(files: readonly ModelFile[]): Promise<ModelFile[]> {
  const told: ModelFile[] = [];
  for (const file of files) told.push(await measured(file));
  return told;
}

async function measured(file: ModelFile): Promise<ModelFile> {
  if (Object.hasOwn(KNOWN_MODELS, file.source?.sha256 ?? file.sha256)) return file;
  try {
    if (!recognizeGraph(readModelInfo(file.bytes))?.families.includes('retinaface')) return file;
    const anchors = await measureAnchors(file.bytes, NODE_RUNTIME);
    return anchors === null ? file : { ...file, anchors };
  } catch (error) {
    // Whoever describes or tries it says what is wrong with it.
    if (error instanceof FaceTriggerError) return file;
    throw error;
  }
}

import type { ModelPack, ModelPart } from './model-pack.ts';

/** Gives models: a folder of files, an npm package, a server that a page fetches from. */
export interface ModelSource {
  /** What there is. @throws FaceTriggerError `ERR_MODEL_NOT_FOUND`, `ERR_MODEL_FORMAT` */
  readPack(): Promise<ModelPack>;
  /**
   * The file of a part.
   *
   * @throws FaceTriggerError `ERR_MODEL_NOT_FOUND`, `ERR_MODEL_FORMAT` if the bytes do not have the SHA-256 that the pack
   * tells
   */
  readPart(part: ModelPart): Promise<Uint8Array>;
}

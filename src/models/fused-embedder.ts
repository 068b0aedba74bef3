import { type AlignedFace, realignFace } from '../core/align/aligned-face.ts';
import { embedFaces } from '../core/embed/embed-faces.ts';
import type { EmbedderProfile } from '../core/embed/embedder-profile.ts';
import type { EmbeddingRecipe } from '../core/embed/embedding-quality.ts';
import type { FaceEmbedder } from '../core/embed/face-embedder.ts';
import { FaceTriggerError } from '../core/errors.ts';
import { normalizeEmbedding } from '../core/metric/metric.ts';

/** An embedder and what share of the similarity of two faces it has. */
export interface FusedMember {
  readonly embedder: FaceEmbedder;
  /** 0 .. 1; those of all members add up to 1. */
  readonly weight: number;
}

/**
 * Several embedders as one: their embeddings, each of the length √weight, one after another.
 *
 * @remarks The cosine of two such embeddings is the weighted mean of the members' cosines, so that one vector and one
 * metric do for galleries, classifiers and indexes what two would do side by side.
 */
export class FusedEmbedder implements FaceEmbedder {
  readonly profile: EmbedderProfile;
  readonly #members: readonly FusedMember[];

  constructor(profile: EmbedderProfile, members: readonly FusedMember[]) {
    this.profile = profile;
    this.#members = members;
  }

  async embedFaces(faces: readonly AlignedFace[], recipe: EmbeddingRecipe): Promise<Float32Array[]> {
    const fused = faces.map(() => new Float32Array(this.profile.dimension));
    let start = 0;
    for (const { embedder, weight } of this.#members) {
      const { chip, dimension } = embedder.profile;
      // The faces come cut out for one of the members.
      const isCut = chip.points === this.profile.chip.points && chip.size === this.profile.chip.size;
      const own = isCut ? faces : faces.map((face) => realignFace(face, chip));
      const embeddings = await embedFaces(embedder, own, recipe);
      const length = Math.sqrt(weight);
      for (const [i, embedding] of embeddings.entries()) {
        fused[i]!.set(normalizeEmbedding(embedding, length), start);
      }
      start += dimension;
    }
    return fused;
  }

  /** One chip is not enough. @throws FaceTriggerError `ERR_UNSUPPORTED_OPTION` always */
  async embed(): Promise<never> {
    const message = `"${this.profile.id}" cuts each face out for each of its networks: use embedFaces, or the pipeline's embed`;
    throw new FaceTriggerError('ERR_UNSUPPORTED_OPTION', message);
  }

  async dispose(): Promise<void> {
    await Promise.all(this.#members.map(({ embedder }) => embedder.dispose()));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.dispose();
  }
}

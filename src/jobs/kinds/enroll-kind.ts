import { FaceTriggerError } from '../../core/errors.ts';
import type { Gallery } from '../../gallery/gallery.ts';
import type { NewFace, NewPerson } from '../../gallery/gallery-types.ts';
import { loadImageBytes } from '../../node/image/image-source.ts';
import { DEFAULT_MAX_IMAGE_BYTES } from '../../node/image/read-image.ts';
import type { AllowInternal } from '../../node/network/allow-internal.ts';
import { checkAllowInternal } from '../../node/network/checked-lookup.ts';
import type { JobKind, TaskContext } from '../job-kind.ts';
import type { HeldTask, TaskDone } from '../job-queue.ts';
import { fetchPhoto } from '../photos/fetch-photo.ts';
import {
  ENROLL_DATA,
  ENROLL_PARAMETERS,
  type EnrollData,
  type EnrollParameters,
  readJobPart,
} from './task-schemas.ts';

/** Name of {@link EnrollKind} in jobs. */
export const ENROLL = 'enroll';

/** How the face of a photo is looked for. */
export interface ReadPhotoOptions {
  readonly source: string;
  readonly minFaceSize?: number | undefined;
  readonly minScore?: number | undefined;
  /** Whether somebody asked not to check the photo. */
  readonly unchecked: boolean;
  readonly signal: AbortSignal;
}

/** Reads the face of a photo with the gallery's models. @throws FaceTriggerError `ERR_UNSUITABLE_FACE`, `ERR_IMAGE_DECODE` */
export type ReadPhoto = (bytes: Uint8Array, options: ReadPhotoOptions) => Promise<NewFace>;

/** What enrollment works with. */
export interface EnrollKindParts {
  readonly gallery: Gallery;
  readonly readPhoto: ReadPhoto;
  /** Internal addresses that photos may be fetched from. @defaultValue none */
  readonly allowInternal?: AllowInternal | undefined;
  /** Tasks whose marks are still to be removed, for a worker that opens its gallery again. */
  readonly settled?: string[] | undefined;
  /** Bytes of a photo. @defaultValue `DEFAULT_MAX_IMAGE_BYTES` */
  readonly maxBytes?: number | undefined;
}

/**
 * Enrolls photos of people, each once: that it was done is kept in the gallery, in the transaction that enrolls, until
 * the queue knows.
 */
export class EnrollKind implements JobKind, AsyncDisposable {
  readonly name = ENROLL;
  readonly #parts: EnrollKindParts;
  /** Tasks whose marks in the gallery are of no use any more. */
  readonly #settled: string[];

  /** @throws FaceTriggerError `ERR_INVALID_ARGUMENT` for an `allowInternal` that allows nothing */
  constructor(parts: EnrollKindParts) {
    checkAllowInternal(parts.allowInternal ?? false, 'options.allowInternal');
    this.#parts = parts;
    this.#settled = parts.settled ?? [];
  }

  async run(task: HeldTask, { signal, confirm }: TaskContext): Promise<TaskDone> {
    const { gallery, readPhoto } = this.#parts;
    const parameters = readJobPart(ENROLL_PARAMETERS, task.job.parameters);
    const data = readJobPart(ENROLL_DATA, task.data);
    const { review, duplicates, minFaceSize, minScore } = parameters;
    const bytes = await this.#load(data, signal);
    const { source } = data;
    const face = await readPhoto(bytes, {
      ...{ source, minFaceSize, minScore, signal },
      unchecked: review === 'off',
    });
    const wishes = wishesOf(parameters);
    const settled = this.#settled.splice(0);
    try {
      const { outcome, repeated } = await gallery.enrollOnce({ name: data.person, ...wishes }, face, {
        ...{ review, duplicates },
        once: { key: task.id, confirm, settled },
      });
      // Nothing was written then, so these are still there.
      if (repeated) this.#settled.push(...settled);
      await grant(gallery, data.person, wishes);
      return { outcome };
    } catch (error) {
      this.#settled.push(...settled);
      throw error;
    }
  }

  settled(task: HeldTask): void {
    this.#settled.push(task.id);
  }

  /** Forgets the marks of what the queue knows. */
  async [Symbol.asyncDispose](): Promise<void> {
    const settled = this.#settled.splice(0);
    await this.#parts.gallery.forgetOnce(settled).catch((error: unknown) => {
      // Whoever opens the gallery again with its new models removes them.
      if (!(error instanceof FaceTriggerError) || error.code !== 'ERR_MODEL_MISMATCH') throw error;
      this.#settled.push(...settled);
    });
  }

  async #load(data: EnrollData, signal: AbortSignal): Promise<Uint8Array> {
    const { maxBytes = DEFAULT_MAX_IMAGE_BYTES, allowInternal = false } = this.#parts;
    return 'url' in data
      ? fetchPhoto(data.url, { maxBytes, allowInternal, signal })
      : loadImageBytes(data.file, { maxBytes, signal });
  }
}

/** What is asked for somebody who is there already counts as much as for somebody new. */
async function grant(gallery: Gallery, name: string, wishes: Omit<NewPerson, 'name'>): Promise<void> {
  if (Object.keys(wishes).length === 0) return;
  const person = await gallery.findPerson(name);
  const isSame =
    (wishes.expiresAt === undefined || person?.expiresAt?.getTime() === wishes.expiresAt?.getTime()) &&
    (wishes.consent === undefined || person?.consent?.text === wishes.consent?.text);
  if (person && !isSame) await gallery.updatePerson(person.id, wishes);
}

function wishesOf({ expiresAt, consent }: EnrollParameters): Omit<NewPerson, 'name'> {
  return {
    ...(expiresAt !== undefined && { expiresAt: new Date(expiresAt) }),
    ...(consent !== undefined && { consent: { text: consent.text, at: new Date(consent.at) } }),
  };
}

import { z } from 'zod';
import { FaceTriggerError } from '../../core/errors.ts';
import { DEFAULT_MAX_IMAGE_BYTES } from '../../node/image/read-image.ts';
import { cleanName } from '../metadata/read-xmp-people.ts';
import { KeptDownloads } from './kept-downloads.ts';
import type { MoveInSource, NamedPhoto } from './move-in-source.ts';
import { ServerClient } from './server-client.ts';

/** Where another server is, and where its pictures go. */
export interface FromServerOptions {
  readonly url: string;
  readonly key: string;
  /** Folder for the pictures; what an interrupted run downloaded is not asked for again. */
  readonly into: string;
  readonly signal?: AbortSignal | undefined;
  /** Told of pictures that could not be had. */
  readonly onNote?: ((what: string, note: string) => void | Promise<void>) | undefined;
}

const PAGE_SIZE = 500;

const FACES = z.object({
  faces: z.array(z.object({ image_id: z.string(), subject: z.string() })),
  total_pages: z.number().int().nonnegative(),
});

/**
 * A CompreFace server's collection of one recognition service: its examples, each a portrait of its subject.
 *
 * @remarks Routes: CompreFace's docs/Rest-API-description.md, "List of All Saved Examples of the Subject" and "Download an
 * Image example of the Subject by ID" (empty bytes where the server keeps no picture).
 */
export async function fromCompreFace(options: FromServerOptions): Promise<MoveInSource> {
  const { onNote = () => undefined, into } = options;
  const client = new ServerClient({ ...options, server: 'CompreFace' });
  // Asked before a folder is made, so that a wrong address or key leaves nothing.
  const first = await client.json(`/api/v1/recognition/faces?page=0&size=${PAGE_SIZE}`, FACES);
  const kept = await KeptDownloads.open(into);
  return {
    folders: [kept.folder],
    skipped: [],
    notes: [],
    async *photos(): AsyncGenerator<NamedPhoto> {
      let page = first;
      for (let number = 0; ; ) {
        for (const { image_id: id, subject } of page.faces) {
          const name = cleanName(subject);
          if (name === null) continue;
          try {
            const path = await kept.get(id, () =>
              client.bytes(`/api/v1/recognition/faces/${id}/img`, { maxBytes: DEFAULT_MAX_IMAGE_BYTES }),
            );
            yield { path, people: [{ name, box: null }] };
          } catch (error) {
            if (!isOfOnePicture(error)) throw error;
            await onNote(`${name}, ${id}`, error.message);
          }
        }
        if (++number >= page.total_pages || page.faces.length === 0) return;
        page = await client.json(`/api/v1/recognition/faces?page=${number}&size=${PAGE_SIZE}`, FACES);
      }
    },
  };
}

/** Whether the next picture may fare better. */
export function isOfOnePicture(error: unknown): error is FaceTriggerError {
  const codes: readonly string[] = ['ERR_IMAGE_DECODE', 'ERR_FILE_FORMAT', 'ERR_NOT_FOUND'];
  return error instanceof FaceTriggerError && codes.includes(error.code);
}

import { stat } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { z } from 'zod';
import { DEFAULT_MAX_IMAGE_BYTES } from '../../node/image/read-image.ts';
import { insidePicture } from '../metadata/photo-region.ts';
import { cleanName } from '../metadata/read-xmp-people.ts';
import { type FromServerOptions, isOfOnePicture } from './compreface-server.ts';
import { KeptDownloads } from './kept-downloads.ts';
import type { MoveInSource, NamedPhoto, PersonInPhoto } from './move-in-source.ts';
import { ServerClient } from './server-client.ts';

/** Options of {@link fromImmich}. */
export interface FromImmichOptions extends FromServerOptions {
  /** A folder of Immich's and where it is on this machine: photos in it are read there and not downloaded. */
  readonly local?: { readonly theirs: string; readonly ours: string } | undefined;
}

const PAGE_SIZE = 250;

const PEOPLE = z.object({
  people: z.array(z.object({ id: z.string(), name: z.string() })),
  hasNextPage: z.boolean().optional(),
});

const ASSETS = z.object({
  assets: z.object({
    items: z.array(z.object({ id: z.string(), originalPath: z.string() })),
    nextPage: z.string().nullable(),
  }),
});

const SIDE = z.number().nonnegative();
const FACES = z.array(
  z.object({
    boundingBoxX1: z.number(),
    boundingBoxY1: z.number(),
    boundingBoxX2: z.number(),
    boundingBoxY2: z.number(),
    imageWidth: SIDE,
    imageHeight: SIDE,
    person: z.object({ name: z.string() }).nullish(),
  }),
);

/**
 * The photos of an Immich server with somebody in them who has a name there.
 *
 * @remarks Routes: Immich's OpenAPI description (api.immich.app), `GET /people`, `POST /search/metadata`, `GET /faces`,
 * `GET /assets/{id}/original`; the key needs the permissions person.read, asset.read, face.read and asset.download. Boxes are
 * those of the picture as Immich shows it, upright.
 */
export async function fromImmich(options: FromImmichOptions): Promise<MoveInSource> {
  const { onNote = () => undefined, into, local } = options;
  const client = new ServerClient({ ...options, url: withoutApi(options.url), server: 'Immich' });
  const people = await readPeople(client);
  const kept = await KeptDownloads.open(into);
  return {
    folders: [kept.folder, ...(local ? [local.ours] : [])],
    skipped: [],
    notes: people.length === 0 ? ['nobody has a name on this Immich server'] : [],
    async *photos(): AsyncGenerator<NamedPhoto> {
      const seen = new Set<string>();
      for (const person of people) {
        for await (const { id, originalPath } of assetsOf(client, person)) {
          if (seen.has(id)) continue;
          seen.add(id);
          try {
            const named = await facesOf(client, id);
            const path =
              (await localPathOf(originalPath, local)) ??
              (await kept.get(id, () =>
                client.bytes(`/api/assets/${id}/original`, { maxBytes: DEFAULT_MAX_IMAGE_BYTES }),
              ));
            if (named.length > 0) yield { path, people: named };
          } catch (error) {
            if (!isOfOnePicture(error)) throw error;
            await onNote(posix.basename(originalPath), error.message);
          }
        }
      }
    },
  };
}

async function readPeople(client: ServerClient): Promise<readonly string[]> {
  const ids: string[] = [];
  for (let page = 1; ; page++) {
    const { people, hasNextPage } = await client.json(
      `/api/people?page=${page}&size=${PAGE_SIZE}&withHidden=true`,
      PEOPLE,
    );
    ids.push(...people.filter(({ name }) => cleanName(name) !== null).map(({ id }) => id));
    if (hasNextPage !== true || people.length === 0) return ids;
  }
}

async function* assetsOf(client: ServerClient, person: string) {
  for (let page = 1; ; page++) {
    const body = { personIds: [person], type: 'IMAGE', page, size: PAGE_SIZE };
    const { assets } = await client.json('/api/search/metadata', ASSETS, body);
    yield* assets.items;
    if (assets.nextPage === null || assets.items.length === 0) return;
  }
}

async function facesOf(client: ServerClient, asset: string): Promise<readonly PersonInPhoto[]> {
  const faces = await client.json(`/api/faces?id=${encodeURIComponent(asset)}`, FACES);
  return faces.flatMap(({ person, imageWidth, imageHeight, ...box }) => {
    const name = cleanName(person?.name ?? null);
    const inside = insidePicture({
      left: box.boundingBoxX1 / imageWidth,
      top: box.boundingBoxY1 / imageHeight,
      width: (box.boundingBoxX2 - box.boundingBoxX1) / imageWidth,
      height: (box.boundingBoxY2 - box.boundingBoxY1) / imageHeight,
    });
    return name !== null && inside ? [{ name, box: inside }] : [];
  });
}

/** Nothing outside the folder, whatever the server says. */
async function localPathOf(original: string, local: FromImmichOptions['local']): Promise<string | null> {
  if (!local) return null;
  const below = posix.relative(local.theirs, posix.normalize(original));
  if (below === '' || below.startsWith('..') || posix.isAbsolute(below)) return null;
  const path = join(local.ours, below);
  const stats = await stat(path).catch(() => null);
  return stats?.isFile() ? path : null;
}

function withoutApi(url: string): string {
  return url.replace(/\/+$/, '').replace(/\/api$/, '');
}

import { existsSync } from 'node:fs';
import { modelMark } from '../../core/embed/model-mark.ts';
import { invalidArgument } from '../../core/errors.ts';
import { galleryAddress } from '../../gallery/gallery-address.ts';
import type { EmbeddingJudgment } from '../../gallery/migrate/judge-embeddings.ts';
import {
  type GalleryMigration,
  journalInDataFolder,
  migrateGallery,
} from '../../gallery/migrate/migrate-gallery.ts';
import { refuseMissing } from '../../gallery/migrate/migrate-store.ts';
import { nextEmbedder } from '../../gallery/migrate/open-pipelines.ts';
import { openPhotos } from '../../gallery/stores/photos/open-photos.ts';
import { localPath } from '../../node/files/local-path.ts';
import { pathOnDisk } from '../../node/files/path-on-disk.ts';
import { EmbeddingJournal } from '../../node/sqlite/embedding-journal.ts';
import { everyFace } from '../every-face.ts';
import { type GroupedPhotos, groupPhotos } from '../group/group-photos.ts';
import { openPhotoLibrary } from '../photo-library.ts';
import { FaceMigration } from './face-migration.ts';
import type { MigratePhotosOptions } from './migrate-photos-options.ts';
import { switchFaces } from './switch-faces.ts';

/** What {@link migratePhotos} did. */
export interface PhotosMigration {
  /** Whether the library has the new models now, and had others before. */
  readonly switched: boolean;
  /** Faces in photos that other models had embedded. */
  readonly faces: number;
  /** Of these, how many an earlier run had embedded. */
  readonly resumed: number;
  /** Of these, how many were embedded now from their photos. */
  readonly fromPhotos: number;
  /** Of these, how many were embedded now from the crops that are kept. */
  readonly fromCrops: number;
  /** Neither a file with the photo's content nor the crop shows them: they stay as they are, in no group. */
  readonly missing: number;
  /** Both versions on the named faces of the photos; `null` where too few have a name, or the gallery had changed before. */
  readonly judgment: EmbeddingJudgment | null;
  /** What became of the faces that people are recognized by. */
  readonly gallery: GalleryMigration;
  /** The groups of the new embeddings; `null` for a dry run. */
  readonly groups: GroupedPhotos | null;
}

/**
 * Gives a library other models: embeds each face of its photos anew, from the photo or the crop that is kept, judges both
 * versions by the faces that somebody named, and changes over, the gallery with it. Names, decisions and what was
 * ignored stay; groups are made anew and keep their ids where most of their faces stay together.
 *
 * @param address - of a library that exists
 * @throws FaceTriggerError `ERR_CONFLICT` where the new models are judged worse (`details.judgment`),
 * `ERR_TOO_FEW_SAMPLES` where too few faces have names to judge by: neither with `force`; as `migrateGallery` for the
 * gallery's own faces. The library is as it was then, and the work done is kept: the same call goes on from there
 * @remarks Until the change the library works as before, in other processes too. One that is cut off between the change
 * of the gallery and that of the photos goes on with the latter.
 */
export async function migratePhotos(
  address: string,
  options: MigratePhotosOptions,
): Promise<PhotosMigration> {
  if (options?.models === undefined) throw invalidArgument('a pack', 'options.models', undefined);
  const { dryRun = false, dropMissing = false } = options;
  const next = await nextEmbedder(options);
  const model = modelMark(next.profile);
  await using store = await openPhotos(address);
  const path = await journalOf(address);
  using journal = await EmbeddingJournal.open(dryRun && !existsSync(path) ? null : path);
  if (!dryRun && (journal.target !== model || options.restart)) journal.begin(model);
  const due = { faces: 0, resumed: 0 };
  for await (const { id } of everyFace(store, { notOfModel: model })) {
    due.faces++;
    if (journal.target === model && journal.has(id)) due.resumed++;
  }
  const changeGallery = (dry: boolean) => migrateGallery(address, { ...options, dryRun: dry, judge: false });
  const plan = await changeGallery(true);
  const nothing = { fromPhotos: 0, fromCrops: 0, missing: 0, judgment: null, groups: null };
  if (dryRun) return { ...due, ...nothing, switched: false, gallery: plan };
  // Before all photos are gone through.
  if (plan.missing.length > 0 && !dropMissing) refuseMissing(plan.missing, plan);
  await using work = new FaceMigration({ address, store, journal, next, options, total: due.faces });
  await work.embed();
  // A gallery that has the new models already was judged before, or changed by somebody who wanted it so.
  const isChanged = plan.from.embedder.sha256 === next.profile.sha256;
  const judgment = isChanged || due.faces === 0 ? null : await work.judge();
  const gallery = await changeGallery(false);
  // What was scanned with the old models meanwhile.
  await work.embed();
  const changed = await switchFaces(store, journal, model);
  journal.close();
  await EmbeddingJournal.remove(path);
  await using library = await openPhotoLibrary(address, { create: false, models: options.models });
  const groups = await groupPhotos(library, { signal: options.signal });
  return { ...due, ...work.counts, judgment, switched: gallery.switched || changed > 0, gallery, groups };
}

/** Where embeddings are kept until all are made. */
async function journalOf(address: string): Promise<string> {
  const parsed = galleryAddress(address);
  if (parsed.kind === 'sqlite') return `${await pathOnDisk(localPath(parsed.path))}.photos-migration`;
  return journalInDataFolder(`photos of ${address}`);
}

import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { FaceTriggerError, invalidArgument } from '../../core/errors.ts';
import type { ModelPrecision } from '../../models/model-pack.ts';
import type { ModelSource } from '../../models/model-source.ts';
import { localPath } from '../../node/files/local-path.ts';
import { makeFolder } from '../../node/files/make-folder.ts';
import { pathOnDisk } from '../../node/files/path-on-disk.ts';
import { userDataFolder } from '../../node/files/user-data-folder.ts';
import { type EmbedderRecord, networksOfEmbedder } from '../../node/models/packaged-models.ts';
import { EmbeddingJournal } from '../../node/sqlite/embedding-journal.ts';
import { FacePipeline } from '../../pipeline/face-pipeline.ts';
import { holdsEvenLengths } from '../even-length.ts';
import { exportRecords } from '../export-records.ts';
import { galleryAddress } from '../gallery-address.ts';
import { packRecord } from '../gallery-distances.ts';
import { exportGallery } from '../gallery-file.ts';
import type { GalleryPack } from '../gallery-pack.ts';
import type { GalleryEmbedder } from '../gallery-types.ts';
import { openStore } from '../open-gallery.ts';
import { purgeExpired } from '../purge-expired.ts';
import type { GalleryStore } from '../stores/gallery-store.ts';
import type { EmbeddingJudgment } from './judge-embeddings.ts';
import { type MigrationProgress, StoreMigration } from './migrate-store.ts';
import type { MissingPictures } from './missing-pictures.ts';
import { nextSettings } from './next-settings.ts';
import { nextEmbedder, openPipelines } from './open-pipelines.ts';
import { SourceFiles } from './source-files.ts';

/** How a gallery goes over to other models. */
export interface MigrateGalleryOptions {
  /** The models to go over to: a pack's name, the path of its folder, or what gives it. */
  readonly models: string | ModelSource;
  /** Numbers that the new embedder computes with. @defaultValue 'fp32' */
  readonly precision?: ModelPrecision | undefined;
  /** The pack of the gallery's present embedder, where no pack that has a name has it. */
  readonly ownModels?: string | ModelSource | undefined;
  /** A folder with the photos that the faces came from, searched to the bottom, for faces whose picture is not kept. */
  readonly sources?: string | undefined;
  /** Leave out faces and negative examples that there is no picture of. @defaultValue false: the change is refused */
  readonly dropMissing?: boolean | undefined;
  /** Only say which pictures there are. @defaultValue false */
  readonly dryRun?: boolean | undefined;
  /** Refuse the change where the new models tell the gallery's people apart less well. @defaultValue false */
  readonly judge?: boolean | undefined;
  /** With `judge`: change all the same. @defaultValue false */
  readonly force?: boolean | undefined;
  /** Throw away what an earlier, unfinished change has done. @defaultValue false: go on with it */
  readonly restart?: boolean | undefined;
  /**
   * Where embeddings are kept until all are made. @defaultValue beside the gallery's file, else in the user's data
   * folder; of a gallery in memory, in memory
   */
  readonly journal?: string | undefined;
  /** File that gets an export of the gallery as it was; `null`: none. @defaultValue beside the gallery's file */
  readonly backup?: string | null | undefined;
  /** Refuse models whose license does not allow commercial use, or is not known. @defaultValue false */
  readonly commercial?: boolean | undefined;
  /** Threads of the networks. @defaultValue the machine's, at most 4 */
  readonly threads?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: MigrationProgress | undefined;
}

/** What {@link migrateGallery} did. */
export interface GalleryMigration {
  /** Whether the gallery has the new models now. */
  readonly switched: boolean;
  readonly from: { readonly embedder: GalleryEmbedder; readonly pack: GalleryPack | null };
  readonly to: { readonly embedder: GalleryEmbedder; readonly pack: GalleryPack };
  /** Faces of the gallery. */
  readonly faces: number;
  /** Negative examples of the gallery. */
  readonly negatives: number;
  /** Faces and negative examples that an earlier run had embedded. */
  readonly resumed: number;
  /** Embedded by this run; of a dry run, those that a picture is there for. */
  readonly embedded: number;
  /** Of these, from pictures that the gallery keeps. */
  readonly fromKept: number;
  /** Of these, from files of `sources`. */
  readonly fromSources: number;
  /** Who lacks pictures; empty where nobody does. */
  readonly missing: readonly MissingPictures[];
  /** Limits for distances: those of the new models, or the user's own, which were set for the old ones. */
  readonly thresholds: 'new' | 'kept' | 'dropped';
  /** Whether the gallery's own models were there to check pictures with. */
  readonly checked: boolean;
  /** Both versions on the gallery's own people; `null` where it was not asked for. */
  readonly judgment: EmbeddingJudgment | null;
  /** The file with the gallery as it was; `null`: none was written. */
  readonly backup: string | null;
}

/** Embeddings that are read at once: a megabyte. */
const UNFINISHED_PAGE = 1000;
/** Note in a gallery that names the files with its versions before changes of models. */
const BACKUP_NOTE = 'migration backup';

/**
 * Gives a gallery other models: embeds each face anew, from the picture that is kept or the photo that it came from,
 * and changes over in one step when all is done. Names, ids, dates, consent, negative examples and merges stay.
 *
 * @param where - the address of a gallery that exists, or its store
 * @returns what was done; `switched` is false for a dry run and where the gallery has these models already
 * @throws FaceTriggerError `ERR_FILE_NOT_FOUND` where pictures are gone (`details.missing` says whose),
 * `ERR_CONFLICT` where the new models are judged worse, or an unfinished change is for others,
 * `ERR_TOO_FEW_SAMPLES` where there are too few photos to judge, `ERR_BUSY` where another process is at it,
 * `ERR_ABORTED`, and what models and disks fail with. The gallery is as it was then, and the work done is kept: the
 * same call goes on from there
 * @remarks Until the change the gallery works as before, in other processes too; faces enrolled meanwhile are embedded
 * as well. After it, whoever has the gallery open gets `ERR_MODEL_MISMATCH` and opens it again.
 */
export async function migrateGallery(
  where: string | GalleryStore,
  options: MigrateGalleryOptions,
): Promise<GalleryMigration> {
  if (options?.models === undefined) throw invalidArgument('a pack', 'options.models', undefined);
  if (typeof where !== 'string') return migrate(where, options, { journal: null, backup: null });
  const address = galleryAddress(where);
  await using store = await openStore(address, { create: false });
  const path = address.kind === 'sqlite' ? await pathOnDisk(localPath(address.path)) : null;
  return await migrate(store, options, {
    journal: path === null ? await journalInDataFolder(where) : `${path}.migration`,
    backup: path,
  });
}

async function migrate(
  store: GalleryStore,
  options: MigrateGalleryOptions,
  places: { readonly journal: string | null; readonly backup: string | null },
): Promise<GalleryMigration> {
  const next = await nextEmbedder(options);
  const own = await packRecord(store.settings.embedder, options.ownModels);
  const current = store.settings;
  const { settings, thresholds } = nextSettings(current, own, next);
  const base = {
    from: { embedder: current.embedder, pack: current.pack ?? null },
    to: { embedder: settings.embedder, pack: settings.pack! },
    thresholds: thresholds ?? ('new' as const),
    checked: own !== undefined,
  };
  await purge(store);
  const { faces, negatives } = await store.count();
  const nothing = { embedded: 0, fromKept: 0, fromSources: 0, resumed: 0, missing: [], judgment: null };
  const journalPath = options.journal ?? places.journal;
  const target = JSON.stringify([settings.embedder, settings.pack]);
  const isBegun = journalPath !== null && existsSync(journalPath);
  if (current.embedder.sha256 === settings.embedder.sha256 && current.embedder.id === settings.embedder.id) {
    // A run that was killed right after the change leaves its journal.
    if (isBegun && !options.dryRun) await removeFinished(journalPath, target);
    return { ...base, ...nothing, faces, negatives, switched: false, backup: null };
  }
  const sources = options.sources === undefined ? null : await SourceFiles.read(options.sources);
  // A dry run leaves nothing behind.
  using journal = await EmbeddingJournal.open(options.dryRun && !isBegun ? null : journalPath);
  const goesOn = journal.target === target;
  const migration = new StoreMigration({ ...options, store, journal, sources, settings, own });
  if (options.dryRun) {
    const plan = await migration.plan(goesOn);
    return { ...base, ...plan, faces, negatives, switched: false, judgment: null, backup: null };
  }
  if (!goesOn && journal.size > 0 && !options.restart) refuseOther(journal);
  if (!goesOn || options.restart) journal.begin(target);
  await takeUnfinished(store, { journal, target, restart: options.restart });
  await using pipelines = await openPipelines(next, {
    ...options,
    own: () => own && openOwn(store, own, options),
  });
  const done = await migration.embed(pipelines);
  const judgment = options.judge ? await migration.judge({ force: options.force }) : null;
  const backup = await writeBackup(store, options, places.backup);
  await migration.change(pipelines, async (rows) => {
    if (backup === null || options.backup !== undefined) return [];
    return [[BACKUP_NOTE, JSON.stringify([...(await backupsOf(rows)), basename(backup)])]];
  });
  journal.close();
  if (journalPath !== null) await EmbeddingJournal.remove(journalPath);
  // The old embeddings; where another process reads, the next opening removes them.
  await store.forget().catch(ignoreBusy);
  return { ...base, ...done, faces, negatives, switched: true, judgment, backup };
}

async function purge(store: GalleryStore): Promise<void> {
  const { hasDeleted } = await purgeExpired(store, { onDoubt: () => undefined });
  if (hasDeleted) await store.forget().catch(ignoreBusy);
}

function ignoreBusy(error: unknown): void {
  if (!(error instanceof FaceTriggerError) || error.code !== 'ERR_BUSY') throw error;
}

function refuseOther(journal: EmbeddingJournal): never {
  const [{ id }, { name }] = JSON.parse(journal.target!) as [GalleryEmbedder, GalleryPack];
  throw new FaceTriggerError(
    'ERR_CONFLICT',
    `A change of this gallery to the models "${name}" (${id}) is not finished: ${journal.size} faces are embedded. ` +
      'Go on with it, or throw it away (--restart)',
  );
}

/** Takes over what another machine has embedded for the same models. */
async function takeUnfinished(
  { unfinished }: GalleryStore,
  {
    journal,
    target,
    restart,
  }: { readonly journal: EmbeddingJournal; readonly target: string; readonly restart: boolean | undefined },
): Promise<void> {
  if (!unfinished) return;
  if (restart) await unfinished.clear();
  await unfinished.begin(target);
  for (let after: string | undefined = ''; after !== undefined; ) {
    const entries = await unfinished.after(after, UNFINISHED_PAGE);
    journal.add(entries.filter(({ key }) => !journal.has(key)));
    after = entries.at(-1)?.key;
  }
}

async function removeFinished(path: string, target: string): Promise<void> {
  using journal = await EmbeddingJournal.open(path);
  const isOurs = journal.target === target;
  journal.close();
  if (isOurs) await EmbeddingJournal.remove(path);
}

async function openOwn(
  store: GalleryStore,
  { profile }: EmbedderRecord,
  { ownModels, threads }: MigrateGalleryOptions,
): Promise<FacePipeline | undefined> {
  const { pack } = store.settings;
  for (const name of [ownModels ?? pack?.name, undefined]) {
    const networks = await networksOfEmbedder(profile.sha256, name).catch(() => undefined);
    if (!networks) continue;
    const isEven = await holdsEvenLengths(store, profile.lengthRule);
    return FacePipeline.create({ ...networks, threads, ...(isEven === false && { evenLength: false }) });
  }
  return undefined;
}

/** Exports a gallery as it was, beside its file. @returns the file */
async function writeBackup(
  store: GalleryStore,
  { backup, signal }: MigrateGalleryOptions,
  gallery: string | null,
): Promise<string | null> {
  if (backup === null || (backup === undefined && gallery === null)) return null;
  const kept = new Set(await backupsOf(store));
  const base = `${gallery}.${store.settings.embedder.id.replace(/[^\w.-]/g, '_')}`;
  let path = backup ?? `${base}.jsonl`;
  // One that no change has ended with is of a run that was cut off, and is replaced.
  for (let n = 2; kept.has(basename(path)) && backup === undefined; n++) path = `${base}-${n}.jsonl`;
  await removeUnfinished(path);
  await exportGallery({ export: () => exportRecords(store) }, path, { signal });
  return path;
}

/** Deletes what a run that was killed had written of a backup. */
async function removeUnfinished(path: string): Promise<void> {
  const folder = dirname(path);
  const names = await readdir(folder).catch(() => []);
  const own = names.filter((name) => name.startsWith(`${basename(path)}.`) && name.endsWith('.tmp'));
  for (const name of own) await rm(join(folder, name), { force: true });
}

/** Names of the files beside a gallery with earlier versions that changes of models have left. */
async function backupsOf(rows: Pick<GalleryStore, 'note'>): Promise<readonly string[]> {
  const note = await rows.note(BACKUP_NOTE);
  if (note === null) return [];
  try {
    const files: unknown = JSON.parse(note);
    return Array.isArray(files) ? files.filter((file) => typeof file === 'string') : [];
  } catch {
    return [];
  }
}

/**
 * Finds the files with earlier versions of a gallery that changes of models have left beside it: they hold what was
 * deleted since then.
 *
 * @param where - the address of a gallery that exists
 * @param options.remove - deletes them. @defaultValue false
 * @returns paths of the files that are there, or were
 */
export async function migrationBackups(
  where: string,
  options: { readonly remove?: boolean | undefined } = {},
): Promise<readonly string[]> {
  const { remove = false } = options;
  const address = galleryAddress(where);
  if (address.kind !== 'sqlite') return [];
  const path = await pathOnDisk(localPath(address.path));
  await using store = await openStore(address, { create: false });
  const names = await backupsOf(store);
  const files = names.filter((name) => isBackupOf(path, name)).map((name) => join(dirname(path), name));
  const found = files.filter((file) => existsSync(file));
  if (!remove) return found;
  for (const file of found) await rm(file);
  if (names.length > 0) await store.transaction((rows) => rows.setNote(BACKUP_NOTE, '[]'));
  return found;
}

/** A gallery's file may be anybody's: nothing but a backup beside it is deleted for what it says. */
function isBackupOf(gallery: string, name: string): boolean {
  const own = `${basename(gallery)}.`;
  return name.startsWith(own) && /^[\w.-]+[.]jsonl$/.test(name.slice(own.length));
}

/** Where the journal of a gallery lies that is no file. */
export async function journalInDataFolder(address: string): Promise<string> {
  const folder = join(userDataFolder(), 'migrations');
  await makeFolder(folder);
  return join(folder, `${createHash('sha256').update(address).digest('hex').slice(0, 32)}.migration`);
}

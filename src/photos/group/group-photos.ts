import { clusterFaces } from '../../cluster/cluster-faces.ts';
import type { ClusterState } from '../../cluster/cluster-state.ts';
import type { ClusterFace, ClusterResult } from '../../cluster/cluster-types.ts';
import type { EmbedderIdentity } from '../../core/embed/embedder-profile.ts';
import { isMarkOf, modelMark } from '../../core/embed/model-mark.ts';
import type { PhotoReads, StoredPhotoFace } from '../../gallery/stores/photos/photo-store.ts';
import { NODE_RUNTIME } from '../../node/runtime/session.ts';
import { everyFace } from '../every-face.ts';
import type { PhotoLibrary } from '../library.ts';
import { loosenFaces } from './loosen-faces.ts';
import { standingRules } from './standing-rules.ts';

/** Options of {@link groupPhotos}. */
export interface GroupPhotosOptions {
  /** Groups even where nothing has changed since the last time. @defaultValue false */
  readonly force?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What {@link groupPhotos} did. */
export interface GroupedPhotos {
  /** False where nothing had changed since the last time. */
  readonly changed: boolean;
  /** Faces that were looked at: ignored ones, and those of other models, are not. */
  readonly faces: number;
  /** Faces that another embedder made, which cannot be compared with the others. */
  readonly ofOtherModels: number;
  readonly groups: number;
  /** Groups that nobody has named. */
  readonly nameless: number;
  /** Faces that are in no group. */
  readonly alone: number;
}

/**
 * Groups the faces of a library by person: what is new joins the groups that are there, and what somebody decided holds.
 *
 * @throws FaceTriggerError `ERR_ABORTED`; nothing is changed then
 * @remarks Groups, suggestions and the state for the next call are written in one transaction. Memory: the embeddings of
 * all faces.
 */
export async function groupPhotos(
  { gallery, store }: Pick<PhotoLibrary, 'gallery' | 'store'>,
  { force = false, signal }: GroupPhotosOptions = {},
): Promise<GroupedPhotos> {
  // Read first: what is decided while this works is found by the next call.
  const revision = await store.revision();
  const before = await store.grouping();
  if (!force && before?.revision === revision) return countsOf(store, gallery.embedder);
  const { faces: read, groupOf, ofOtherModels } = await readFaces(store, gallery.embedder);
  const rules = await standingRules(store);
  const faces = rules.size === 0 ? read : read.map((face) => ({ ...face, ...rules.get(face.id) }));
  const state =
    before === null
      ? undefined
      : loosenFaces(JSON.parse(before.state) as ClusterState, await decidedSince(store, before.revision));
  // Its own metric, whichever the gallery measures in: a grouping is not about the gallery's distances.
  const { evidence, evidenceMetric: metric } = gallery.scale;
  const result = await clusterFaces(faces, {
    profile: { metric, evidence: { fast: evidence, balanced: evidence, best: evidence } },
    state,
    runtime: NODE_RUNTIME,
    signal,
  });
  const placed = placesOf(result);
  await store.transaction(async (rows) => {
    const moved = [...groupOf].flatMap(([faceId, was]) => {
      const now = placed.get(faceId) ?? { groupId: null, confidence: null };
      return now.groupId === was.groupId && now.confidence === was.confidence ? [] : [{ faceId, ...now }];
    });
    await rows.setGroups(moved);
    await rows.putGrouping({
      state: JSON.stringify(result.state),
      suggestions: JSON.stringify(result.suggestions),
      revision,
    });
  });
  return {
    changed: true,
    faces: faces.length,
    ofOtherModels,
    groups: result.groups.length,
    nameless: result.groups.filter(({ personId }) => personId === null).length,
    alone: result.outliers.length,
  };
}

/** Where a face is. */
interface Place {
  readonly groupId: string | null;
  readonly confidence: number | null;
}

interface ReadFaces {
  readonly faces: readonly ClusterFace[];
  /** Where each face that there is was put by the last call, ignored ones too: they leave their groups. */
  readonly groupOf: ReadonlyMap<string, Place>;
  readonly ofOtherModels: number;
}

async function readFaces(store: PhotoReads, embedder: EmbedderIdentity): Promise<ReadFaces> {
  const faces: ClusterFace[] = [];
  const groupOf = new Map<string, Place>();
  let ofOtherModels = 0;
  for await (const face of everyFace(store)) {
    groupOf.set(face.id, { groupId: face.groupId, confidence: face.groupConfidence });
    if (!isMarkOf(face.model, embedder)) ofOtherModels++;
    else if (!face.isIgnored) faces.push(toClusterFace(face));
  }
  return { faces, groupOf, ofOtherModels };
}

/** Nameless faces about which somebody decided, or undid something, after a revision; and those found since. */
async function decidedSince(store: PhotoReads, since: number): Promise<ReadonlySet<string>> {
  const ids = new Set<string>();
  for await (const { id } of everyFace(store, { since, named: false })) ids.add(id);
  return ids;
}

function toClusterFace(face: StoredPhotoFace): ClusterFace {
  const { id, embedding, quality, photoId, frameMs, personId, notPersonIds } = face;
  return {
    ...{ id, embedding, quality },
    // Somebody can be in many frames of a film, but once in each.
    photoId: frameMs === null ? photoId : `${photoId} ${frameMs}`,
    personId: personId ?? undefined,
    not: notPersonIds.filter((other) => other !== personId),
  };
}

function placesOf({ groups }: ClusterResult): ReadonlyMap<string, Place> {
  const placed = new Map<string, Place>();
  for (const { id, confidence, faceIds } of groups)
    for (const faceId of faceIds) placed.set(faceId, { groupId: id, confidence });
  return placed;
}

/** What the last call ended with, out of the database's own counts. */
async function countsOf(store: PhotoReads, embedder: EmbedderIdentity): Promise<GroupedPhotos> {
  const { faces, ignored, alone, namelessGroups: nameless } = await store.stats();
  const other = { all: 0, ignored: 0, alone: 0 };
  for await (const face of everyFace(store, { notOfModel: modelMark(embedder) })) {
    if (isMarkOf(face.model, embedder)) continue;
    other.all++;
    if (face.isIgnored) other.ignored++;
    else if (face.personId === null && face.groupId === null) other.alone++;
  }
  const groups = (await store.listGroups({ limit: faces })).length;
  return {
    changed: false,
    faces: faces - ignored - (other.all - other.ignored),
    ofOtherModels: other.all,
    ...{ groups, nameless, alone: alone - other.alone },
  };
}

import type { ChangeCursor, IndexedFace, IndexedNegative, StoreChanges } from '../gallery-store.ts';
import type { GalleryScope } from './person-rows.ts';
import { embeddingIn, textIn, wholeIn } from './row-values.ts';
import type { PgRow } from './sql-session.ts';

/** Changes told at once: a few megabytes. */
const BATCH = 4096;
/** How many changes the database remembers of a gallery at least; who missed more reads everything again. */
const CHANGES_KEPT = 100_000;

/**
 * A place in the log.
 *
 * @remarks Transactions are committed in another order than they take numbers, so no number says "all before this has
 * been read". A snapshot does: PostgreSQL's own list of which transactions a reader saw. What is new is whatever this
 * statement sees and the last snapshot did not, wherever its numbers stand, and no long transaction of anybody else
 * holds it up. While a long list is read page by page, `upTo` keeps the snapshot that all pages are of, and `after` the
 * last row told.
 */
interface Place {
  /** All that this snapshot saw is read. */
  readonly seen: string;
  readonly upTo: string | null;
  readonly after: { readonly xid: string; readonly seq: number };
}

/**
 * Whether something was committed after a place, or may have been, by what a statement sees; within one that reads
 * `gallery`. $1 is its number, $2 what {@link seenAt} says of the place.
 *
 * @remarks In order, so that the index is read from there on: where EXISTS is asked, the planner expects to find something
 * soon and reads the whole log.
 */
export const HAS_NEWS = `(pg_snapshot_xmax(pg_current_snapshot()) < pg_snapshot_xmax($2)
  OR log_floor > pg_snapshot_xmin($2)
  OR coalesce((SELECT true FROM change WHERE change.gallery_seq = $1 AND change.xid >= pg_snapshot_xmin($2)
    AND NOT pg_visible_in_snapshot(change.xid, $2) ORDER BY change.xid, change.seq LIMIT 1), false))`;

/** The snapshot in which a reader saw all up to a place. @returns `null` for one between the pages of a long list */
export function seenAt(cursor: ChangeCursor): string | null {
  const place = readPlace(cursor);
  return place === null || place.upTo !== null ? null : place.seen;
}

/** Where the log is now, and whether something was committed after a place. */
export async function newsAfter(
  { session, gallery }: GalleryScope,
  cursor: ChangeCursor,
): Promise<{ readonly cursor: ChangeCursor; readonly hasNews: boolean }> {
  const [row] = await session.query(
    `SELECT pg_current_snapshot()::text AS now, ${HAS_NEWS} AS has_news FROM gallery WHERE seq = $1`,
    [gallery, seenAt(cursor)],
  );
  return row ? { cursor: textIn(row, 'now'), hasNews: row['has_news'] !== false } : { cursor, hasNews: true };
}

const SNAPSHOT = /^\d+:\d+:(\d+(,\d+)*)?$/;

/** Where the log is now. */
export async function currentPlace({ session }: GalleryScope): Promise<ChangeCursor> {
  const [row] = await session.query('SELECT pg_current_snapshot()::text AS now');
  return textIn(row!, 'now');
}

/** What was committed after a place. @returns `null` where some of it is forgotten, or the gallery is gone */
export async function changesAfter(
  { session, gallery, dimension }: GalleryScope,
  cursor: ChangeCursor,
): Promise<StoreChanges | null> {
  const place = readPlace(cursor);
  if (place === null) return null;
  const { seen, upTo, after } = place;
  // One statement, so that what is told and the snapshot that says how far it goes are of the same moment. A row of a
  // transaction that is to come was restored from a backup of another server, whose numbers mean nothing here. OFFSET 0
  // keeps the planner from reading all faces where it expects many changes.
  const rows = await session.query(
    `SELECT pg_current_snapshot()::text AS now, pg_snapshot_xmax(pg_current_snapshot()) < pg_snapshot_xmax($2) AS is_older,
       log_floor > pg_snapshot_xmin($2) AS is_forgotten, news.*, face.*
     FROM gallery LEFT JOIN LATERAL (
       SELECT change.xid, change.seq AS change_seq, change.face_seq FROM change
       WHERE change.gallery_seq = $1 AND (change.xid, change.seq) > ($4::xid8, $5)
         AND NOT pg_visible_in_snapshot(change.xid, $2)
         AND pg_visible_in_snapshot(change.xid, coalesce($3, pg_current_snapshot()))
       ORDER BY change.xid, change.seq LIMIT ${BATCH}
     ) AS news ON true
     LEFT JOIN LATERAL (SELECT person_seq, embedding FROM face WHERE face.seq = news.face_seq OFFSET 0) AS face ON true
     WHERE gallery.seq = $1 ORDER BY news.xid, change_seq`,
    [gallery, seen, upTo, after.xid, after.seq],
  );
  const [first] = rows;
  if (!first || first['is_older'] === true || first['is_forgotten'] === true) return null;
  const changes = rows.filter(({ change_seq }) => change_seq !== null);
  const more = changes.length === BATCH;
  const end = upTo ?? textIn(first, 'now');
  const last = changes.at(-1);
  const told = more ? { xid: textIn(last!, 'xid'), seq: wholeIn(last!, 'change_seq') } : null;
  return {
    faces: changes
      .filter(({ face_seq }) => face_seq !== null)
      .map((row) => ({
        seq: wholeIn(row, 'face_seq'),
        face: row['person_seq'] === null ? null : toIndexed(row, 'face_seq', dimension),
      })),
    negatives: changes.some(({ face_seq }) => face_seq === null),
    cursor: told === null ? end : writePlace({ seen, upTo: end, after: told }),
    // What came while pages were read comes with the next call.
    more: more || upTo !== null,
  };
}

/** Faces for an index, in order. */
export async function indexFacesAfter(
  { session, gallery, dimension }: GalleryScope,
  { after, limit }: { readonly after: number; readonly limit: number },
): Promise<readonly IndexedFace[]> {
  const rows = await session.query(
    'SELECT seq, person_seq, embedding FROM face WHERE gallery_seq = $1 AND seq > $2 ORDER BY seq LIMIT $3',
    [gallery, after, limit],
  );
  return rows.map((row) => toIndexed(row, 'seq', dimension));
}

/** Negative examples for an index. */
export async function allNegatives({
  session,
  gallery,
  dimension,
}: GalleryScope): Promise<readonly IndexedNegative[]> {
  const rows = await session.query('SELECT person_seq, embedding FROM negative WHERE gallery_seq = $1', [
    gallery,
  ]);
  return rows.map((row) => ({
    personSeq: wholeIn(row, 'person_seq'),
    embedding: embeddingIn(row, 'embedding', dimension),
  }));
}

/**
 * Forgets old changes, and remembers up to where.
 *
 * @remarks Nothing of a transaction that was under way when the oldest one still open began is forgotten: a snapshot
 * taken now knows of all before it.
 */
export async function pruneChanges({ session, gallery }: GalleryScope, kept = CHANGES_KEPT): Promise<void> {
  await session.run(
    `WITH floor AS (
       SELECT least(xid, pg_snapshot_xmin(pg_current_snapshot())) AS xid FROM change WHERE gallery_seq = $1
       ORDER BY change.xid DESC, seq DESC OFFSET $2 LIMIT 1
     ), gone AS (
       DELETE FROM change USING floor WHERE gallery_seq = $1 AND change.xid < floor.xid
     )
     UPDATE gallery SET log_floor = greatest(log_floor, floor.xid) FROM floor WHERE gallery.seq = $1`,
    [gallery, kept],
  );
}

function toIndexed(row: PgRow, seq: string, dimension: number): IndexedFace {
  return {
    seq: wholeIn(row, seq),
    personSeq: wholeIn(row, 'person_seq'),
    embedding: embeddingIn(row, 'embedding', dimension),
  };
}

function readPlace(cursor: ChangeCursor): Place | null {
  const [seen = '', upTo, xid = oldestUnseen(seen), seq = '0'] = String(cursor).split('|');
  if (!SNAPSHOT.test(seen) || (upTo !== undefined && !SNAPSHOT.test(upTo))) return null;
  return { seen, upTo: upTo ?? null, after: { xid, seq: Number(seq) } };
}

/** A snapshot begins with the oldest transaction that was under way: all before it is seen. */
function oldestUnseen(snapshot: string): string {
  return snapshot.slice(0, snapshot.indexOf(':'));
}

function writePlace({ seen, upTo, after }: Place): string {
  return `${seen}|${upTo}|${after.xid}|${after.seq}`;
}

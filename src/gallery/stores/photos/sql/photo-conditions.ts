import type { RowValue } from '../../sql-rows.ts';
import type { PhotoFaceQuery, PhotoQuery } from '../photo-store.ts';

/** What a statement keeps, with its parameters; `$1` is the gallery. */
export interface Conditions {
  readonly where: string;
  readonly values: readonly RowValue[];
}

/** Conditions for a table `photo`. */
export function photoConditions(query: Omit<PhotoQuery, 'limit' | 'offset'>): Conditions {
  const { keep, result } = collect('photo.gallery_seq = $1');
  const shows = 'EXISTS (SELECT 1 FROM photo_face WHERE photo_seq = photo.seq AND person_id = ?)';
  for (const id of query.personIds ?? []) keep(shows, id);
  for (const id of query.withoutPersonIds ?? []) keep(`NOT ${shows}`, id);
  if (query.from) keep('photo.taken_at >= ?', query.from.getTime());
  if (query.to) keep('photo.taken_at < ?', query.to.getTime());
  if (query.kind) keep('photo.kind = ?', query.kind);
  const file = 'EXISTS (SELECT 1 FROM photo_file WHERE photo_seq = photo.seq';
  if (query.folder !== undefined) {
    const [first, last] = pathsUnder(query.folder);
    keep(`${file} AND path >= ? AND path < ?)`, first, last);
  }
  if (query.withNameless)
    keep(
      'EXISTS (SELECT 1 FROM photo_face WHERE photo_seq = photo.seq AND person_id IS NULL AND is_ignored = 0)',
    );
  keep(query.hidden ? `NOT ${file})` : `${file})`);
  return result();
}

/** Conditions for a table `face` of faces. */
export function faceConditions(query: Omit<PhotoFaceQuery, 'limit'>): Conditions {
  const { keep, result } = collect('face.gallery_seq = $1');
  keep('face.seq > ?', query.after ?? 0);
  if (query.personId !== undefined) keep('face.person_id = ?', query.personId);
  if (query.groupId !== undefined) keep('face.group_id = ?', query.groupId);
  if (query.named !== undefined) keep(`face.person_id IS ${query.named ? 'NOT NULL' : 'NULL'}`);
  if (query.ignored !== undefined) keep('face.is_ignored = ?', query.ignored ? 1 : 0);
  if (query.grouped !== undefined) keep(`face.group_id IS ${query.grouped ? 'NOT NULL' : 'NULL'}`);
  if (query.since !== undefined) keep('face.revision > ?', query.since);
  if (query.notOfModel !== undefined) keep('face.model <> ?', query.notOfModel);
  return result();
}

/** Paths under a folder are at or after the first and before the second, in the order of their bytes. */
export function pathsUnder(folder: string): readonly [string, string] {
  const separator = folder.includes('\\') && !folder.includes('/') ? '\\' : '/';
  const prefix = folder.endsWith(separator) ? folder : folder + separator;
  return [prefix, `${prefix}\u{10ffff}`];
}

function collect(first: string) {
  const conditions = [first];
  const values: RowValue[] = [];
  return {
    /** @param condition - with a `?` for each value */
    keep(condition: string, ...given: readonly RowValue[]): void {
      let at = values.length + 1;
      conditions.push(condition.replace(/\?/g, () => `$${++at}`));
      values.push(...given);
    },
    result: (): Conditions => ({ where: conditions.join(' AND '), values }),
  };
}

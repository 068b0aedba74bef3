import { metricOf } from '../../../../core/metric/metric.ts';
import type { NearMatch } from '../../../near-match.ts';
import { ownerIn } from '../face-owners.ts';
import type { GalleryScope } from '../person-rows.ts';
import { alive, embeddingIn, livingParameter, wholeIn } from '../row-values.ts';
import { movedAway, type SettledGallery } from '../settle-gallery.ts';
import type { PgRow } from '../sql-session.ts';
import type { VectorExtension } from './vector-extension.ts';
import type { VectorTable } from './vector-table.ts';
import { vectorText } from './vector-text.ts';

/** Faces asked for at first, for each person wanted, and never fewer than. */
const FACES = { perPerson: 8, fewest: 64 } as const;
/** Of one person so many faces are compared exactly: halves put only faces at nearly the same distance out of order. */
const EXACT_PER_PERSON = 4;

/** What is searched. */
export interface SearchedVectors {
  readonly scope: GalleryScope;
  readonly settings: SettledGallery;
  readonly table: VectorTable;
  readonly extension: VectorExtension;
}

/**
 * Finds the nearest people by the index, and compares with the embeddings themselves.
 *
 * @throws FaceTriggerError `ERR_MODEL_MISMATCH` where another process has given the gallery other models
 * @remarks One statement, so one snapshot: models, index, faces, people and negative examples are of the same moment, and
 * whoever was gone when it began is in no answer.
 */
export async function searchVectors(
  searched: SearchedVectors,
  probe: Float32Array,
  { limit, livingAt }: { readonly limit: number; readonly livingAt: number },
): Promise<readonly NearMatch[]> {
  const { scope, settings } = searched;
  const { metric, embedder, embedderSeq } = settings;
  const values = [
    ...[scope.gallery, vectorText(probe, metric), livingParameter(livingAt)],
    String(embedderSeq),
  ];
  for (let count = Math.max(FACES.fewest, limit * FACES.perPerson); ; count *= 8) {
    const rows = await scope.session.query(statement(searched, count), values);
    const log = rows.find(({ looked }) => looked !== null)!;
    if (log['is_own'] !== true) throw movedAway(embedder.id);
    const looked = wholeIn(log, 'looked');
    const found = nearestPeople(rows, (row) =>
      metricOf(metric).distance(probe, embeddingIn(row, 'embedding', scope.dimension)),
    );
    if (found.length >= limit || looked < count) return found.slice(0, limit);
  }
}

function statement({ scope, table, extension: { schema } }: SearchedVectors, count: number): string {
  const distance = `vector.embedding OPERATOR(${schema}.<->) $2::${schema}.halfvec(${scope.dimension})`;
  // Whether a face counts is asked while the index is read, which goes on until it has found enough. OFFSET 0: each by its
  // number, whatever the planner thinks of tables that it does not know yet.
  return `WITH near AS MATERIALIZED (
      SELECT face.*, person.id AS person_id, name, ${distance} AS distance
      FROM ${table.name} AS vector
      CROSS JOIN LATERAL (SELECT seq, gallery_seq, person_seq, id AS face_id, source FROM face
        WHERE face.seq = vector.face_seq OFFSET 0) AS face
      CROSS JOIN LATERAL (SELECT id, name, expires_at FROM person WHERE person.seq = face.person_seq OFFSET 0) AS person
      WHERE face.gallery_seq = $1 AND ${alive('$3')}
      ORDER BY ${distance} LIMIT ${count}
    ), ranked AS (
      SELECT near.*, row_number() OVER (PARTITION BY person_seq ORDER BY distance) AS place FROM near
    )
    SELECT looked, is_own, ranked.seq, person_seq, face_id, source, person_id, name,
      (SELECT embedding FROM face WHERE face.seq = ranked.seq) AS embedding,
      CASE WHEN place = 1 THEN (SELECT count(*) FROM face WHERE face.person_seq = ranked.person_seq) END AS faces
    FROM (SELECT count(*) AS looked, EXISTS (SELECT 1 FROM setting
      WHERE gallery_seq = $1 AND key = 'embedder' AND value = $4) AS is_own FROM near) AS log LEFT JOIN ranked ON place <= ${EXACT_PER_PERSON}
    UNION ALL
    SELECT NULL, NULL, NULL, person_seq, NULL, NULL, NULL, NULL, embedding, NULL FROM negative
    WHERE person_seq IN (SELECT person_seq FROM near)`;
}

function nearestPeople(rows: readonly PgRow[], distanceOf: (row: PgRow) => number): NearMatch[] {
  const people = new Map<number, { match: NearMatch | null; references: number; nearestNegative: number }>();
  for (const row of rows) {
    if (row['person_seq'] === null) continue;
    const seq = wholeIn(row, 'person_seq');
    const person = people.get(seq) ?? {
      match: null,
      references: 0,
      nearestNegative: Number.POSITIVE_INFINITY,
    };
    people.set(seq, person);
    const distance = distanceOf(row);
    if (row['seq'] === null) {
      person.nearestNegative = Math.min(person.nearestNegative, distance);
      continue;
    }
    if (row['faces'] !== null) person.references = wholeIn(row, 'faces');
    if (person.match === null || distance < person.match.distance)
      person.match = { ...ownerIn(row), distance, references: 0 };
  }
  return [...people.values()]
    .flatMap(({ match, references, nearestNegative }) =>
      match !== null && nearestNegative >= match.distance ? [{ ...match, references }] : [],
    )
    .sort((a, b) => a.distance - b.distance);
}

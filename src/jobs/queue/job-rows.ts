import type { FaceTriggerErrorCode } from '../../core/errors.ts';
import type { FailedTask, Job, JsonObject } from '../job-queue.ts';
import { jobState } from './job-state.ts';

/** Columns of a job or a task by name, as both databases give them. */
type Row = Readonly<Record<string, unknown>>;

/**
 * A job of its row.
 *
 * @param suffix - what follows the names of those columns that hold JSON as text
 */
export function jobOf(row: Row, suffix = ''): Job {
  const number = (column: string): number => Number(row[column]);
  const date = (column: string): Date | null => (row[column] === null ? null : new Date(number(column)));
  const json = (column: string): JsonObject => jsonIn(row[`${column}${suffix}`]);
  const counts = { total: number('total'), done: number('done'), failed: number('failed') };
  return {
    ...{ id: String(row['id']), kind: String(row['kind']), parameters: json('parameters') },
    state: jobState({
      ...counts,
      isStarted: row['started_at'] !== null,
      isCanceled: row['canceled_at'] !== null,
    }),
    ...{ createdAt: date('created_at')!, startedAt: date('started_at'), updatedAt: date('updated_at') },
    ...counts,
    outcomes: json('outcomes') as Record<string, number>,
    part: row['part_total'] === null ? null : { done: number('part_done'), total: number('part_total') },
    result: row[`result${suffix}`] === null ? null : json('result'),
  };
}

/**
 * A task that was given up, of its row.
 *
 * @param silent - why, where the row has no message
 */
export function failedTaskOf(
  row: Row,
  silent?: { readonly code: FaceTriggerErrorCode; readonly message: string } | undefined,
): FailedTask {
  const text = (column: string): string => String(row[column]);
  const why =
    silent && row['message'] === null
      ? { code: silent.code, message: silent.message }
      : { code: row['code'] === null ? null : text('code'), message: text('message') };
  return {
    ...{ id: text('id'), jobId: text('job_id'), kind: text('kind'), what: text('what') },
    ...why,
    ...{ failedAt: new Date(Number(row['failed_at'])), tries: Number(row['tries']) },
  };
}

/** What a column holds as JSON. */
export function jsonIn(value: unknown): JsonObject {
  return JSON.parse(String(value)) as JsonObject;
}

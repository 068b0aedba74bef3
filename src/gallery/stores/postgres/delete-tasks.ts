import { textIn } from './row-values.ts';
import type { SqlSession } from './sql-session.ts';

/** The schema of the database that holds pg-boss's tables: our own, so that a program's other queues are left alone. */
export const JOBS_SCHEMA = 'face_trigger_jobs';

/** The name of pg-boss's queue with a gallery's tasks of one kind. */
export function queueOf(kind: string, gallerySeq: number): string {
  return `${kind}-${gallerySeq}`;
}

/** Deletes the tasks of a gallery's jobs, which name people and their photos, with the tables that pg-boss made for them. */
export async function deleteTasks(session: SqlSession, gallerySeq: number): Promise<void> {
  const [row] = await session.query(`SELECT to_regclass('${JOBS_SCHEMA}.queue') IS NOT NULL AS found`);
  if (row!['found'] !== true) return;
  const queues = await session.query(`SELECT name FROM ${JOBS_SCHEMA}.queue WHERE name ~ $1`, [
    `^${queueOf('[a-z-]+', gallerySeq)}$`,
  ]);
  for (const queue of queues) {
    const name = textIn(queue, 'name');
    await session.run(`DELETE FROM ${JOBS_SCHEMA}.job WHERE name = $1`, [name]);
    await session.query(`SELECT ${JOBS_SCHEMA}.delete_queue($1)`, [name]);
  }
}

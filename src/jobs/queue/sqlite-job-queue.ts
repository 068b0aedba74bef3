import { SqliteConnection, type SqlRow } from '../../node/sqlite/sqlite-connection.ts';
import type {
  FailedTask,
  HeldTask,
  Job,
  JobQueue,
  NewJob,
  QueueCounts,
  TaskDone,
  TaskFailure,
  TaskPart,
} from '../job-queue.ts';
import { sweepUnpacked } from '../photos/sweep-unpacked.ts';
import { checkJob } from './check-job.ts';
import { failedTaskOf, jobOf, jsonIn } from './job-rows.ts';
import { noSuchJob, queueDisposed, requireOver, SILENT_WORKER } from './job-state.ts';
import { setUpJobTables } from './sqlite-job-tables.ts';

/** From this size on the log is emptied between two calls. */
const LOG_LIMIT_BYTES = 4 * 2 ** 20;

const JOBS = `SELECT job.*, (SELECT count(*) FROM task WHERE job_seq = job.seq AND state = 'failed') AS failed FROM job`;

/** Jobs in a SQLite file beside the gallery's, for any number of processes of one machine. */
export class SqliteJobQueue implements JobQueue {
  readonly #connection: SqliteConnection;
  #isDisposed = false;

  private constructor(connection: SqliteConnection) {
    this.#connection = connection;
  }

  /** @throws FaceTriggerError `ERR_FILE_FORMAT`, `ERR_BUSY`, `ERR_FILE_NOT_FOUND` where the folder does not exist */
  static async open(path: string): Promise<SqliteJobQueue> {
    const connection = await SqliteConnection.open(path, { what: 'Job list' });
    try {
      setUpJobTables(connection);
      await sweepUnpacked(path.replace(/\.jobs$/, '.unpacked'), {
        needed: async (folders) =>
          connection
            .all(
              `SELECT DISTINCT json_extract(parameters, '$.unpacked') AS folder FROM job
               WHERE folder IN (SELECT value FROM json_each(?))`,
              [JSON.stringify(folders)],
            )
            .map((row) => String(row['folder'])),
      });
      return new SqliteJobQueue(connection);
    } catch (error) {
      connection.close();
      throw error;
    }
  }

  async add(given: NewJob): Promise<Job> {
    const job = checkJob(given);
    const id = crypto.randomUUID();
    return this.#change((rows) => {
      const { rowId } = rows.run(
        `INSERT INTO job (id, kind, parameters, total, tries, retry_seconds, lease_seconds, created_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
        [
          ...[id, job.kind, JSON.stringify(job.parameters), job.tasks.length],
          ...[job.tries, job.retrySeconds, job.leaseSeconds, Date.now()],
        ],
      );
      for (const { what, data } of job.tasks) {
        rows.run('INSERT INTO task (id, job_seq, what, data, most_tries) VALUES (?, ?, ?, ?, ?)', [
          ...[crypto.randomUUID(), rowId, what, JSON.stringify(data), job.tries],
        ]);
      }
      return this.#require(id);
    });
  }

  async get(id: string): Promise<Job> {
    return this.#require(id);
  }

  async list(limit = 100): Promise<readonly Job[]> {
    return this.#open()
      .all(`${JOBS} ORDER BY seq DESC LIMIT ?`, [limit])
      .map((row) => jobOf(row));
  }

  async take(kinds: readonly string[]): Promise<HeldTask | null> {
    const now = Date.now();
    return this.#change((rows) => {
      this.#giveUpSilent(now);
      const row = rows.get(
        `SELECT task.seq, task.id, what, data, task.tries, job.seq AS job_seq, job.id AS job_id, kind, parameters,
           lease_seconds FROM task JOIN job ON job.seq = job_seq
         WHERE state = 'waiting' AND ready_at <= ? AND kind IN (SELECT value FROM json_each(?))
         ORDER BY job_seq, task.seq LIMIT 1`,
        [now, JSON.stringify(kinds)],
      );
      if (row === null) return null;
      const leaseSeconds = Number(row['lease_seconds']);
      const tries = Number(row['tries']) + 1;
      rows.run(`UPDATE task SET state = 'held', tries = ?, held_until = ? WHERE seq = ?`, [
        ...[tries, now + leaseSeconds * 1000, row['seq']!],
      ]);
      rows.run('UPDATE job SET started_at = coalesce(started_at, ?) WHERE seq = ?', [now, row['job_seq']!]);
      const { id, what, kind } = row as Record<'id' | 'what' | 'kind', string>;
      const job = { id: String(row['job_id']), kind, parameters: jsonIn(row['parameters']) };
      return { id, job, what, data: jsonIn(row['data']), tries, leaseSeconds };
    });
  }

  async hasWork(kinds: readonly string[]): Promise<boolean> {
    const now = Date.now();
    const row = this.#open().get(
      `SELECT EXISTS (SELECT 1 FROM task JOIN job ON job.seq = job_seq
         WHERE ((state = 'waiting' AND ready_at <= ?) OR (state = 'held' AND held_until < ?))
           AND canceled_at IS NULL AND kind IN (SELECT value FROM json_each(?))) AS found`,
      [now, now, JSON.stringify(kinds)],
    );
    return row!['found'] === 1;
  }

  async renew(task: HeldTask, part?: TaskPart): Promise<boolean> {
    return this.#change((rows) => {
      const until = Date.now() + task.leaseSeconds * 1000;
      const { changes } = rows.run(
        `UPDATE task SET held_until = ? WHERE id = ? AND state = 'held' AND tries = ?`,
        [until, task.id, task.tries],
      );
      if (changes > 0 && part)
        rows.run('UPDATE job SET part_done = ?, part_total = ? WHERE id = ?', [
          ...[part.done, part.total, task.job.id],
        ]);
      return changes > 0;
    });
  }

  async done(task: HeldTask, { outcome, result }: TaskDone): Promise<boolean> {
    return this.#change((rows) => {
      const { changes } = rows.run(`DELETE FROM task WHERE id = ? AND state = 'held' AND tries = ?`, [
        ...[task.id, task.tries],
      ]);
      if (changes === 0) return false;
      const path = `$."${outcome}"`;
      rows.run(
        `UPDATE job SET done = done + 1, updated_at = ?, part_done = NULL, part_total = NULL,
           outcomes = json_set(outcomes, ?, coalesce(json_extract(outcomes, ?), 0) + 1), result = coalesce(?, result)
         WHERE id = ?`,
        [Date.now(), path, path, result === undefined ? null : JSON.stringify(result), task.job.id],
      );
      return true;
    });
  }

  async fail(task: HeldTask, failure: TaskFailure): Promise<'retry' | 'failed' | 'lost'> {
    return this.#change((rows) => {
      const row = rows.get(
        `SELECT task.seq, most_tries, task.tries, retry_seconds FROM task JOIN job ON job.seq = job_seq
         WHERE task.id = ? AND state = 'held' AND task.tries = ?`,
        [task.id, task.tries],
      );
      return row === null ? 'lost' : this.#giveUp(row, failure);
    });
  }

  async release(task: HeldTask): Promise<void> {
    this.#change((rows) =>
      rows.run(
        `UPDATE task SET state = 'waiting', tries = tries - 1, held_until = NULL
         WHERE id = ? AND state = 'held' AND tries = ?`,
        [task.id, task.tries],
      ),
    );
  }

  async cancel(id: string): Promise<Job> {
    return this.#change((rows) => {
      if (this.#require(id).state === 'done') return this.#require(id);
      rows.run('UPDATE job SET canceled_at = coalesce(canceled_at, ?) WHERE id = ?', [Date.now(), id]);
      rows.run(
        `DELETE FROM task WHERE state <> 'failed' AND job_seq = (SELECT seq FROM job WHERE job.id = ?)`,
        [id],
      );
      return this.#require(id);
    });
  }

  async failures({
    jobId,
    limit = 100,
  }: {
    readonly jobId?: string | undefined;
    readonly limit?: number | undefined;
  }): Promise<readonly FailedTask[]> {
    if (jobId !== undefined) this.#require(jobId);
    return this.#open()
      .all(
        `SELECT task.id, job.id AS job_id, kind, what, code, message, failed_at, task.tries
         FROM task JOIN job ON job.seq = job_seq WHERE state = 'failed' AND (? IS NULL OR job.id = ?)
         ORDER BY failed_at DESC, task.seq DESC LIMIT ?`,
        [jobId ?? null, jobId ?? null, limit],
      )
      .map((row) => failedTaskOf(row));
  }

  async retry(jobId: string, { taskId }: { readonly taskId?: string | undefined } = {}): Promise<number> {
    return this.#change((rows) => {
      if (this.#require(jobId).state === 'canceled') return 0;
      const { changes } = rows.run(
        `UPDATE task SET state = 'waiting', ready_at = 0,
           most_tries = tries + (SELECT tries FROM job WHERE job.seq = job_seq)
         WHERE state = 'failed' AND job_seq = (SELECT seq FROM job WHERE job.id = ?) AND (? IS NULL OR id = ?)`,
        [jobId, taskId ?? null, taskId ?? null],
      );
      return changes;
    });
  }

  async remove(id: string): Promise<void> {
    this.#change((rows) => {
      requireOver(this.#require(id));
      rows.run('DELETE FROM task WHERE job_seq = (SELECT seq FROM job WHERE job.id = ?)', [id]);
      rows.run('DELETE FROM job WHERE id = ?', [id]);
    });
  }

  async counts(): Promise<QueueCounts> {
    const rows = this.#open().all(
      `SELECT state, count(*) AS n FROM task JOIN job ON job.seq = job_seq WHERE canceled_at IS NULL GROUP BY state`,
    );
    const of = (state: string) => Number(rows.find((row) => row['state'] === state)?.['n'] ?? 0);
    return { waiting: of('waiting'), running: of('held'), failed: of('failed') };
  }

  async dispose(): Promise<void> {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    this.#connection.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }

  #open(): SqliteConnection {
    if (this.#isDisposed) throw queueDisposed();
    return this.#connection;
  }

  #change<Result>(work: (rows: SqliteConnection) => Result): Result {
    const connection = this.#open();
    const result = connection.transaction(() => work(connection));
    if (connection.logSize() > LOG_LIMIT_BYTES) connection.emptyLog();
    return result;
  }

  #require(id: string): Job {
    const row = this.#open().get(`${JOBS} WHERE job.id = ?`, [id]);
    if (row === null) throw noSuchJob();
    return jobOf(row);
  }

  #giveUpSilent(now: number): void {
    const silent = this.#connection.all(
      `SELECT task.seq, most_tries, task.tries, retry_seconds FROM task JOIN job ON job.seq = job_seq
       WHERE state = 'held' AND held_until < ?`,
      [now],
    );
    for (const row of silent) this.#giveUp(row, { ...SILENT_WORKER, permanent: false });
  }

  #giveUp(row: SqlRow, { code, message, permanent }: TaskFailure): 'retry' | 'failed' {
    const tries = Number(row['tries']);
    const isLast = permanent || tries >= Number(row['most_tries']);
    // As pg-boss does: half of it is chance, so that tasks which failed together do not come back together.
    const pause = Number(row['retry_seconds']) * 1000 * 2 ** Math.min(16, tries - 1) * (1 + Math.random());
    this.#connection.run(
      `UPDATE task SET state = ?, ready_at = ?, held_until = NULL, code = ?, message = ?, failed_at = ? WHERE seq = ?`,
      [
        ...[isLast ? 'failed' : 'waiting', Math.round(Date.now() + pause), code, message, Date.now()],
        row['seq']!,
      ],
    );
    return isLast ? 'failed' : 'retry';
  }
}

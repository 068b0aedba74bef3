import { JOBS_SCHEMA, queueOf } from '../../gallery/stores/postgres/delete-tasks.ts';
import type { PostgresAddress } from '../../gallery/stores/postgres/postgres-address.ts';
import type { PostgresDatabase } from '../../gallery/stores/postgres/postgres-database.ts';
import { textIn } from '../../gallery/stores/postgres/row-values.ts';
import { noSuchGallery } from '../../gallery/stores/postgres/settle-gallery.ts';
import type { PgRow, SqlSession } from '../../gallery/stores/postgres/sql-session.ts';
import type {
  FailedTask,
  HeldTask,
  Job,
  JobQueue,
  JsonObject,
  NewJob,
  QueueCounts,
  TaskDone,
  TaskFailure,
  TaskPart,
} from '../job-queue.ts';
import { bossExecutor } from './boss-executor.ts';
import { BossHost, KEEP_DAYS } from './boss-host.ts';
import { checkJob } from './check-job.ts';
import { failedTaskOf, jobOf, jsonIn } from './job-rows.ts';
import { noSuchJob, queueDisposed, requireOver, SILENT_WORKER } from './job-state.ts';

const BOSS = JOBS_SCHEMA;
/** Ends the names of columns that hold JSON as text. */
const AS_TEXT = '_text';
/** Tasks that go to the database in one statement. */
const CHUNK = 2000;
const JOBS = `SELECT job.*, parameters::text AS parameters_text, outcomes::text AS outcomes_text,
  result::text AS result_text, (SELECT count(*) FROM ${BOSS}.job AS task
    WHERE task.data->>'job' = job.id AND task.state = 'failed') AS failed FROM job WHERE gallery_seq = $1`;
/** Of a task that a worker holds, and whose row is its own until the transaction ends. */
const HELD = `SELECT 1 AS one FROM ${BOSS}.job WHERE name = $1 AND id = $2 AND state = 'active' AND retry_count = $3
  FOR UPDATE`;

/**
 * Jobs in the gallery's database: tasks are pg-boss's jobs, and what is counted of a job is ours, changed in one
 * transaction.
 */
export class PostgresJobQueue implements JobQueue {
  readonly #host: BossHost;
  readonly #gallery: number;
  readonly #isOwn: boolean;
  readonly #queues = new Set<string>();
  #isDisposed = false;

  /**
   * @param gallery - its number
   * @param options.isOwn - whether the host is of this queue alone, and disposed of with it. @defaultValue false
   */
  constructor(host: BossHost, gallery: number, { isOwn = false } = {}) {
    this.#host = host;
    this.#gallery = gallery;
    this.#isOwn = isOwn;
  }

  /**
   * Opens the jobs of a gallery that exists; makes pg-boss's tables where there are none.
   *
   * @throws FaceTriggerError `ERR_UNAVAILABLE` where pg-boss is not installed or the database cannot be reached,
   * `ERR_FILE_NOT_FOUND` where the gallery does not exist
   */
  static async open(address: PostgresAddress): Promise<PostgresJobQueue> {
    const host = await BossHost.open(address);
    try {
      const gallery = await host.numberOf(address.gallery);
      if (gallery === null) throw noSuchGallery(address.shown);
      return new PostgresJobQueue(host, gallery, { isOwn: true });
    } catch (error) {
      await host.dispose();
      throw error;
    }
  }

  async add(given: NewJob): Promise<Job> {
    const job = checkJob(given);
    const id = crypto.randomUUID();
    const name = this.#queueOf(job.kind);
    const database = this.#open();
    if (!this.#queues.has(name)) await this.#host.boss.createQueue(name);
    this.#queues.add(name);
    return database.transaction(async (session) => {
      await session.run(
        `INSERT INTO job (gallery_seq, id, kind, parameters, total, tries, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
        [
          ...[this.#gallery, id, job.kind, JSON.stringify(job.parameters), job.tasks.length],
          ...[job.tries, Date.now()],
        ],
      );
      const options = {
        ...{ retryLimit: job.tries - 1, retryDelay: job.retrySeconds, retryBackoff: true },
        ...{ expireInSeconds: job.leaseSeconds, keepUntil: new Date(Date.now() + KEEP_DAYS * 86_400_000) },
      };
      for (let at = 0; at < job.tasks.length; at += CHUNK) {
        const rows = job.tasks.slice(at, at + CHUNK).map(({ what, data }) => ({
          ...{ name, data: { job: id, what, data }, ...options },
        }));
        await this.#host.boss.insert(rows, { db: bossExecutor(session) });
      }
      // Not after it: who is told of a failure takes the job for not made, and removes its photos.
      return this.#find(session, id);
    });
  }

  async get(id: string): Promise<Job> {
    return this.#find(this.#open(), id);
  }

  async list(limit = 100): Promise<readonly Job[]> {
    const rows = await this.#open().query(`${JOBS} ORDER BY seq DESC LIMIT $2`, [this.#gallery, limit]);
    return rows.map((row) => jobOf(row, AS_TEXT));
  }

  async take(kinds: readonly string[]): Promise<HeldTask | null> {
    const database = this.#open();
    await this.#host.lookAfterTasks();
    for (const kind of kinds) {
      const name = this.#queueOf(kind);
      for (;;) {
        const db = bossExecutor(database);
        const [row] = (await this.#host.boss.fetch(name, {
          includeMetadata: true,
          db,
        })) as readonly unknown[] as readonly PgRow[];
        db.rethrow();
        if (!row) break;
        const task = await this.#begin(row, kind);
        if (task) return task;
        // Its job was canceled, or its gallery's rows are gone.
        await this.#host.boss.deleteJob(name, String(row['id']));
      }
    }
    return null;
  }

  async hasWork(kinds: readonly string[]): Promise<boolean> {
    const database = this.#open();
    await this.#host.lookAfterTasks();
    const names = await galleriesWithWork(database, kinds, this.#gallery);
    return names.length > 0;
  }

  async renew(task: HeldTask, part?: TaskPart): Promise<boolean> {
    const held = await this.#open().run(
      `UPDATE ${BOSS}.job SET started_on = now() WHERE name = $1 AND id = $2 AND state = 'active' AND retry_count = $3`,
      this.#keyOf(task),
    );
    if (held > 0 && part) {
      await this.#host.database.run('UPDATE job SET part_done = $2, part_total = $3 WHERE id = $1', [
        ...[task.job.id, part.done, part.total],
      ]);
    }
    return held > 0;
  }

  async done(task: HeldTask, { outcome, result }: TaskDone): Promise<boolean> {
    return this.#open().transaction(async (session) => {
      if ((await session.query(HELD, this.#keyOf(task))).length === 0) return false;
      // Deleted and not kept as completed: names and paths need not stay longer than the work.
      await this.#host.boss.deleteJob(this.#queueOf(task.job.kind), task.id, { db: bossExecutor(session) });
      await session.run(
        `UPDATE job SET done = done + 1, updated_at = $2, part_done = NULL, part_total = NULL,
           outcomes = jsonb_set(outcomes, ARRAY[$3::text], to_jsonb(coalesce((outcomes->>$3::text)::int, 0) + 1)),
           result = coalesce($4::json, result) WHERE id = $1`,
        [task.job.id, Date.now(), outcome, result === undefined ? null : JSON.stringify(result)],
      );
      return true;
    });
  }

  async fail(task: HeldTask, failure: TaskFailure): Promise<'retry' | 'failed' | 'lost'> {
    const { code, message, permanent } = failure;
    const name = this.#queueOf(task.job.kind);
    return this.#open().transaction(async (session) => {
      if ((await session.query(HELD, this.#keyOf(task))).length === 0) return 'lost';
      if (permanent)
        await session.run(`UPDATE ${BOSS}.job SET retry_limit = retry_count WHERE name = $1 AND id = $2`, [
          ...[name, task.id],
        ]);
      await this.#host.boss.fail(name, task.id, { code, message }, { db: bossExecutor(session) });
      const [row] = await session.query(
        `SELECT state::text AS state FROM ${BOSS}.job WHERE name = $1 AND id = $2`,
        [name, task.id],
      );
      return row?.['state'] === 'failed' ? 'failed' : 'retry';
    });
  }

  async release(task: HeldTask): Promise<void> {
    await this.#open().run(
      `UPDATE ${BOSS}.job SET state = 'retry', retry_count = retry_count - 1, start_after = now()
       WHERE name = $1 AND id = $2 AND state = 'active' AND retry_count = $3`,
      this.#keyOf(task),
    );
  }

  async cancel(id: string): Promise<Job> {
    return this.#open().transaction(async (session) => {
      const job = await this.#find(session, id);
      if (job.state === 'done') return job;
      // Tasks first, as whoever is done with one does it: in the other order each would wait for the other.
      await session.run(
        `DELETE FROM ${BOSS}.job WHERE name = $1 AND data->>'job' = $2 AND state <> 'failed'`,
        [...[this.#queueOf(job.kind), id]],
      );
      await session.run('UPDATE job SET canceled_at = coalesce(canceled_at, $2) WHERE id = $1', [
        ...[id, Date.now()],
      ]);
      return this.#find(session, id);
    });
  }

  async failures({
    jobId,
    limit = 100,
  }: {
    readonly jobId?: string | undefined;
    readonly limit?: number | undefined;
  }): Promise<readonly FailedTask[]> {
    if (jobId !== undefined) await this.get(jobId);
    const rows = await this.#open().query(
      `SELECT task.id, job.id AS job_id, kind, data->>'what' AS what, output->>'code' AS code,
         output->>'message' AS message, round(extract(epoch FROM completed_on) * 1000)::bigint AS failed_at,
         retry_count + 1 AS tries
       FROM job JOIN ${BOSS}.job AS task ON task.data->>'job' = job.id AND task.state = 'failed'
       WHERE gallery_seq = $1 AND ($2::text IS NULL OR job.id = $2)
       ORDER BY completed_on DESC, task.id LIMIT $3`,
      [this.#gallery, jobId ?? null, limit],
    );
    // What pg-boss writes itself has no message of ours.
    return rows.map((row) => failedTaskOf(row, SILENT_WORKER));
  }

  async retry(jobId: string, { taskId }: { readonly taskId?: string | undefined } = {}): Promise<number> {
    const { kind, state } = await this.get(jobId);
    if (state === 'canceled') return 0;
    return this.#open().run(
      `UPDATE ${BOSS}.job AS task SET state = 'retry', start_after = now(), completed_on = NULL,
         retry_limit = retry_count + job.tries
       FROM job WHERE job.id = $2 AND name = $1 AND data->>'job' = $2 AND task.state = 'failed'
         AND ($3::text IS NULL OR task.id::text = $3)`,
      [this.#queueOf(kind), jobId, taskId ?? null],
    );
  }

  async remove(id: string): Promise<void> {
    await this.#open().transaction(async (session) => {
      const job = await this.#find(session, id);
      requireOver(job);
      await session.run(`DELETE FROM ${BOSS}.job WHERE name = $1 AND data->>'job' = $2`, [
        ...[this.#queueOf(job.kind), id],
      ]);
      await session.run('DELETE FROM job WHERE id = $1', [id]);
    });
  }

  async counts(): Promise<QueueCounts> {
    const [row] = await this.#open().query(
      `WITH open AS (SELECT id, total - done AS rest FROM job
         WHERE gallery_seq = $1 AND canceled_at IS NULL AND done < total),
       task AS (SELECT state, count(*) AS n FROM ${BOSS}.job
         WHERE data->>'job' IN (SELECT id FROM open) AND state IN ('active', 'failed') GROUP BY state)
       SELECT (SELECT coalesce(sum(rest), 0) FROM open)::bigint AS rest,
         coalesce((SELECT n FROM task WHERE state = 'active'), 0) AS running,
         coalesce((SELECT n FROM task WHERE state = 'failed'), 0) AS failed`,
      [this.#gallery],
    );
    const running = Number(row!['running']);
    const failed = Number(row!['failed']);
    return { waiting: Math.max(0, Number(row!['rest']) - running - failed), running, failed };
  }

  async dispose(): Promise<void> {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    if (this.#isOwn) await this.#host.dispose();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }

  #open(): PostgresDatabase {
    if (this.#isDisposed) throw queueDisposed();
    return this.#host.database;
  }

  #queueOf(kind: string): string {
    return queueOf(kind, this.#gallery);
  }

  #keyOf(task: HeldTask): readonly [string, string, number] {
    return [this.#queueOf(task.job.kind), task.id, task.tries - 1];
  }

  async #find(session: SqlSession, id: string): Promise<Job> {
    const [row] = await session.query(`${JOBS} AND id = $2`, [this.#gallery, id]);
    if (!row) throw noSuchJob();
    return jobOf(row, AS_TEXT);
  }

  async #begin(row: PgRow, kind: string): Promise<HeldTask | null> {
    const {
      job: id,
      what,
      data,
    } = JSON.parse(String(row['data'])) as {
      readonly job: string;
      readonly what: string;
      readonly data: JsonObject;
    };
    const [job] = await this.#host.database.query(
      `UPDATE job SET started_at = coalesce(started_at, $3) WHERE id = $1 AND gallery_seq = $2 AND canceled_at IS NULL
       RETURNING parameters::text AS parameters`,
      [id, this.#gallery, Date.now()],
    );
    if (!job) return null;
    const parameters = jsonIn(job['parameters']);
    return {
      ...{ id: String(row['id']), job: { id, kind, parameters }, what, data },
      ...{ tries: Number(row['retryCount']) + 1, leaseSeconds: Number(row['expireInSeconds']) },
    };
  }
}

/**
 * Names of the galleries of a database that have tasks which can be taken now.
 *
 * @param gallery - the number of the only one that is meant. @defaultValue all
 */
export async function galleriesWithWork(
  session: SqlSession,
  kinds: readonly string[],
  gallery: number | null = null,
): Promise<readonly string[]> {
  const rows = await session.query(
    `SELECT name FROM gallery WHERE name !~ '^!' AND ($2::int IS NULL OR seq = $2) AND EXISTS (
       SELECT 1 FROM job JOIN ${BOSS}.job AS task ON task.data->>'job' = job.id
       WHERE gallery_seq = gallery.seq AND canceled_at IS NULL AND job.done < job.total AND job.kind = ANY($1)
         AND task.state IN ('created', 'retry') AND task.start_after <= now()
     ) ORDER BY name`,
    [kinds, gallery],
  );
  return rows.map((row) => textIn(row, 'name'));
}

/** Names of the galleries of a database that have jobs. */
export async function galleriesWithJobs(session: SqlSession): Promise<readonly string[]> {
  const rows = await session.query(
    `SELECT name FROM gallery WHERE name !~ '^!' AND EXISTS (SELECT 1 FROM job WHERE gallery_seq = gallery.seq)
     ORDER BY name`,
  );
  return rows.map((row) => textIn(row, 'name'));
}

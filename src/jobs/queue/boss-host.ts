import type PgBoss from 'pg-boss';
import { databaseIdentity } from '../../gallery/stores/postgres/database-identity.ts';
import { JOBS_SCHEMA as BOSS } from '../../gallery/stores/postgres/delete-tasks.ts';
import { migrate } from '../../gallery/stores/postgres/migrate.ts';
import type { PostgresAddress } from '../../gallery/stores/postgres/postgres-address.ts';
import { PostgresDatabase } from '../../gallery/stores/postgres/postgres-database.ts';
import { textIn, wholeIn } from '../../gallery/stores/postgres/row-values.ts';
import { noSuchGallery } from '../../gallery/stores/postgres/settle-gallery.ts';
import { sweepUnpacked } from '../photos/sweep-unpacked.ts';
import { unpackedOfDatabases } from '../photos/unpacked-of-databases.ts';
import { bossExecutor } from './boss-executor.ts';
import { loadPgBoss } from './load-pg-boss.ts';

/** How often tasks of silent workers are looked for, and what is old is put away. */
const EXPIRE_MS = 2000;
const MAINTAIN_MS = 600_000;
/** Waiting and failed tasks stay until somebody decides: pg-boss would put them away after days. */
export const KEEP_DAYS = 3650;

/** pg-boss finds what waits; ours are to find silent workers and the tasks of a job among millions. */
const INDEXES = `CREATE INDEX IF NOT EXISTS face_trigger_active ON ${BOSS}.job (started_on) WHERE state = 'active';
  CREATE INDEX IF NOT EXISTS face_trigger_of ON ${BOSS}.job ((data->>'job'), state)`;

/** A database with pg-boss in it, over which a process asks for the jobs of any of its galleries. */
export class BossHost implements AsyncDisposable {
  readonly database: PostgresDatabase;
  readonly boss: PgBoss;
  #lookedAt = 0;
  #maintainedAt = 0;
  #disposing: Promise<void> | null = null;

  private constructor(database: PostgresDatabase, boss: PgBoss) {
    this.database = database;
    this.boss = boss;
  }

  /**
   * Makes pg-boss's tables where there are none.
   *
   * @throws FaceTriggerError `ERR_UNAVAILABLE` where pg-boss is not installed or the database cannot be reached,
   * `ERR_FILE_NOT_FOUND` where the database has no galleries
   */
  static async open(address: PostgresAddress): Promise<BossHost> {
    const Boss = await loadPgBoss();
    const database = await PostgresDatabase.open(address);
    try {
      if (!(await migrate(database, { create: false }))) throw noSuchGallery(address.shown);
      const boss = new Boss({
        ...{ db: bossExecutor(database), schema: BOSS, schedule: false, supervise: false },
        archiveFailedAfterSeconds: KEEP_DAYS * 86_400,
      });
      // Failures of statements come to whoever called; nothing else is told by this event.
      boss.on('error', () => undefined);
      await boss.start();
      await addIndexes(database);
      return new BossHost(database, boss);
    } catch (error) {
      await database.close();
      throw error;
    }
  }

  /** The number of a gallery; `null`: there is none of the name. */
  async numberOf(gallery: string): Promise<number | null> {
    const [row] = await this.database.query('SELECT seq FROM gallery WHERE name = $1', [gallery]);
    return row ? wholeIn(row, 'seq') : null;
  }

  /** What pg-boss would do by a timer of its own: here only who looks for work does it. */
  async lookAfterTasks(): Promise<void> {
    const now = Date.now();
    if (now - this.#lookedAt < EXPIRE_MS) return;
    this.#lookedAt = now;
    const boss = this.boss as PgBoss & { expire(): Promise<void> };
    await boss.expire();
    if (now - this.#maintainedAt < MAINTAIN_MS) return;
    this.#maintainedAt = now;
    await boss.maintain();
    // Of galleries that are gone: what is counted of their jobs went with them.
    await this.database.execute(`DELETE FROM ${BOSS}.job AS task WHERE data ? 'job'
      AND NOT EXISTS (SELECT 1 FROM job WHERE job.id = task.data->>'job')`);
    // What was embedded of a change of models that nobody has gone on with for so long.
    await this.database.execute(`DELETE FROM new_embedding WHERE made_at < now() - interval '7 days'`);
    await this.#sweep();
  }

  /** What was unpacked on this machine, and whose job is gone. */
  async #sweep(): Promise<void> {
    await sweepUnpacked(unpackedOfDatabases(), {
      owner: await databaseIdentity(this.database),
      needed: async (folders) => {
        const rows = await this.database.query(
          `SELECT DISTINCT parameters->>'unpacked' AS folder FROM job WHERE parameters->>'unpacked' = ANY($1)`,
          [folders],
        );
        return rows.map((row) => textIn(row, 'folder'));
      },
    });
  }

  dispose(): Promise<void> {
    this.#disposing ??= this.boss.stop({ graceful: false }).then(() => this.database.close());
    return this.#disposing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }
}

/** Two processes may begin at once. */
async function addIndexes(database: PostgresDatabase): Promise<void> {
  const [found] = await database.query(
    `SELECT count(*) AS n FROM pg_class WHERE relnamespace = to_regnamespace('${BOSS}')
     AND relname IN ('face_trigger_active', 'face_trigger_of')`,
  );
  if (Number(found!['n']) === 2) return;
  await database.transaction((session) => session.execute(INDEXES), {
    begin: `LOCK TABLE ${BOSS}.version IN EXCLUSIVE MODE`,
  });
}

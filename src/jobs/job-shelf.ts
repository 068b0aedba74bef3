import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { FaceTriggerError, invalidArgument } from '../core/errors.ts';
import { addressIn } from '../gallery/collection/gallery-collection.ts';
import { isGalleryName } from '../gallery/collection/gallery-name.ts';
import { galleryAddress } from '../gallery/gallery-address.ts';
import type { PostgresAddress } from '../gallery/stores/postgres/postgres-address.ts';
import { localPath } from '../node/files/local-path.ts';
import { pathOnDisk } from '../node/files/path-on-disk.ts';
import type { JobQueue, QueueCounts } from './job-queue.ts';
import { openJobQueue } from './open-job-queue.ts';
import { BossHost } from './queue/boss-host.ts';
import { galleriesWithJobs, galleriesWithWork, PostgresJobQueue } from './queue/postgres-job-queue.ts';

interface Opened {
  readonly queue: JobQueue;
  /** Which gallery of the name it is of: another that is made later is another. */
  readonly identity: string;
}

/** The jobs of several galleries, of a folder or a database, for one process; those of a database share its connections. */
export class JobShelf implements AsyncDisposable {
  readonly #where: string;
  readonly #host: BossHost | null;
  readonly #opened = new Map<string, Opened>();

  private constructor(where: string, host: BossHost | null) {
    this.#where = where;
    this.#host = host;
  }

  /**
   * @param where - a folder, or `postgres://user@host/database` without `?gallery=`
   * @throws FaceTriggerError `ERR_UNAVAILABLE` where pg-boss is not installed or the database cannot be reached,
   * `ERR_FILE_NOT_FOUND` where a database has no galleries
   */
  static async open(where: string): Promise<JobShelf> {
    const address = galleryAddress(where);
    if (address.kind === 'memory')
      throw invalidArgument('a folder or the address of a database', 'where', where);
    return new JobShelf(where, address.kind === 'postgres' ? await BossHost.open(address) : null);
  }

  /**
   * The jobs of a gallery that exists. The shelf disposes of them.
   *
   * @throws FaceTriggerError `ERR_NOT_FOUND` where there is none of the name
   */
  async of(name: string): Promise<JobQueue> {
    const identity = await this.#identityOf(name);
    const known = this.#opened.get(name);
    if (known?.identity === identity) return known.queue;
    this.#opened.delete(name);
    await known?.queue.dispose();
    if (identity === null) throw new FaceTriggerError('ERR_NOT_FOUND', 'There is no gallery of this name');
    const queue = this.#host
      ? new PostgresJobQueue(this.#host, Number(identity))
      : await openJobQueue(addressIn(this.#where, name));
    const other = this.#opened.get(name);
    if (other?.identity === identity) {
      // Somebody else has opened them meanwhile.
      await queue.dispose();
      return other.queue;
    }
    this.#opened.set(name, { queue, identity });
    return queue;
  }

  /** Names of the galleries that have tasks of these kinds which can be taken now. */
  async withWork(kinds: readonly string[]): Promise<readonly string[]> {
    if (this.#host) {
      await this.#host.lookAfterTasks();
      return galleriesWithWork(this.#host.database, kinds);
    }
    const names: string[] = [];
    for (const [name, queue] of await this.#all()) if (await queue.hasWork(kinds)) names.push(name);
    return names;
  }

  /** Of all galleries together. */
  async counts(): Promise<QueueCounts> {
    const sum = { waiting: 0, running: 0, failed: 0 };
    for (const [, queue] of await this.#all()) {
      const { waiting, running, failed } = await queue.counts();
      sum.waiting += waiting;
      sum.running += running;
      sum.failed += failed;
    }
    return sum;
  }

  async dispose(): Promise<void> {
    const opened = [...this.#opened.values()];
    this.#opened.clear();
    for (const { queue } of opened) await queue.dispose();
    await this.#host?.dispose();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }

  /** Of galleries that ever had jobs. */
  async #all(): Promise<readonly (readonly [name: string, queue: JobQueue])[]> {
    const all: [string, JobQueue][] = [];
    for (const name of await this.#names()) {
      try {
        all.push([name, await this.of(name)]);
      } catch (error) {
        // Deleted meanwhile.
        const gone = ['ERR_NOT_FOUND', 'ERR_FILE_NOT_FOUND'];
        if (!(error instanceof FaceTriggerError) || !gone.includes(error.code)) throw error;
      }
    }
    return all;
  }

  async #names(): Promise<readonly string[]> {
    if (this.#host) return galleriesWithJobs(this.#host.database);
    const end = '.db.jobs';
    const files = (await readdir(await this.#folder())).filter((file) => file.endsWith(end)).sort();
    return files.map((file) => file.slice(0, -end.length)).filter(isGalleryName);
  }

  async #identityOf(name: string): Promise<string | null> {
    if (this.#host) {
      const address = galleryAddress(addressIn(this.#where, name)) as PostgresAddress;
      const number = await this.#host.numberOf(address.gallery);
      return number === null ? null : String(number);
    }
    const stats = await lstat(join(await this.#folder(), `${name}.db`), { bigint: true }).catch(() => null);
    return stats?.isFile() ? `${stats.dev} ${stats.ino} ${stats.birthtimeNs}` : null;
  }

  async #folder(): Promise<string> {
    const address = galleryAddress(this.#where);
    return pathOnDisk(localPath(address.kind === 'sqlite' ? address.path : ''));
  }
}

import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { FaceTriggerError } from '../core/errors.ts';
import type { Gallery } from '../gallery/gallery.ts';
import type { StoreConnections } from '../gallery/stores/gallery-store.ts';
import type { JobQueue } from '../jobs/job-queue.ts';
import type { WorkerPool } from './worker-pool.ts';

/** What `/api/v1/metrics` shows. */
export interface ServerMetrics {
  readonly registry: Registry;
  /** Adds a figure that is read when it is asked for. */
  gauge(name: string, help: string, read: () => number | Promise<number>): void;
  readonly requests: Histogram<'method' | 'route' | 'status'>;
  readonly faces: Counter<'outcome'>;
  readonly tasks: Counter<'outcome'>;
}

/** Makes the metrics of one server; nothing in them names a person. */
export function createMetrics(
  pool: WorkerPool,
  gallery: Gallery,
  jobs?: Pick<JobQueue, 'counts'>,
): ServerMetrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const gauge = (name: string, help: string, read: () => number | Promise<number>): void => {
    new Gauge({
      name: `face_trigger_${name}`,
      help,
      registers: [registry],
      async collect() {
        try {
          this.set(await read());
        } catch (error) {
          // The other figures are needed most when something can't be reached.
          if (!(error instanceof FaceTriggerError)) throw error;
          this.set(Number.NaN);
        }
      },
    });
  };
  gauge('queue_waiting', 'Pictures that wait', () => pool.waiting);
  gauge('queue_running', 'Pictures that are worked on', () => pool.running);
  gauge('workers_ready', 'Processes for pictures whose models are loaded', () => pool.ready);
  gauge('worker_restarts', 'Processes for pictures that were started anew', () => pool.restarts);
  gauge('gallery_faces', 'Faces in the gallery', async () => (await gallery.stats()).faces);
  gauge('gallery_people', 'People in the gallery', async () => (await gallery.stats()).people);
  if (jobs) addTaskStates(registry, jobs);
  const { lagMs, connections } = gallery;
  if (lagMs !== null) {
    const help = 'Seconds since all changes of other servers were taken in; at most 1 where all is well';
    gauge('mirror_lag_seconds', help, () => (gallery.lagMs ?? 0) / 1000);
  }
  if (gallery.indexBuiltAt !== null) {
    const help = 'Seconds since the index was made of all faces: when this server began, or in the database';
    gauge('index_age_seconds', help, () => (Date.now() - Number(gallery.indexBuiltAt)) / 1000);
  }
  if (connections !== null) {
    const read = (which: keyof StoreConnections) => () => gallery.connections?.[which] ?? 0;
    gauge('database_connections', "Connections of the gallery's pool", read('open'));
    gauge('database_connections_idle', 'Those of them that nobody uses', read('idle'));
    gauge('database_connections_wanted', 'Statements that wait for a connection', read('waiting'));
  }
  return {
    registry,
    gauge,
    requests: new Histogram({
      name: 'face_trigger_request_seconds',
      help: 'Time to answer a request',
      labelNames: ['method', 'route', 'status'],
      buckets: [0.005, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30],
      registers: [registry],
    }),
    tasks: new Counter({
      name: 'face_trigger_job_tasks_total',
      help: 'Tasks of jobs that this server has worked on',
      labelNames: ['outcome'],
      registers: [registry],
    }),
    faces: new Counter({
      name: 'face_trigger_faces_total',
      help: 'Faces that were searched for in the gallery',
      labelNames: ['outcome'],
      registers: [registry],
    }),
  };
}

/** How the tasks of the gallery's jobs stand, whoever does them. */
function addTaskStates(registry: Registry, jobs: Pick<JobQueue, 'counts'>): void {
  new Gauge({
    name: 'face_trigger_job_tasks',
    help: 'Tasks of jobs that wait, are worked on, or were given up',
    labelNames: ['state'],
    registers: [registry],
    async collect() {
      // Other figures are told while the jobs cannot be asked.
      const counts = await jobs.counts().catch(() => null);
      if (counts === null) this.reset();
      else for (const [state, count] of Object.entries(counts)) this.set({ state }, count);
    },
  });
}

// `face-trigger/server`: the HTTP server and its keys.
/// <reference lib="esnext.disposable" preserve="true" />

export type {
  FailedTask,
  HeldTask,
  Job,
  JobPatience,
  JobQueue,
  JobState,
  JsonObject,
  NewJob,
  NewTask,
  QueueCounts,
  TaskDone,
  TaskFailure,
  TaskPart,
} from './jobs/job-queue.ts';
export { JobShelf } from './jobs/job-shelf.ts';
export { openJobQueue } from './jobs/open-job-queue.ts';
export type { AllowInternal } from './node/network/allow-internal.ts';
export type { SentPipelineOptions } from './pipeline/sent-options.ts';
export { API_KEY_SCOPES, type ApiKeyScope } from './server/api-key-scopes.ts';
export { type ApiKey, ApiKeys, type KeysTakenOver } from './server/api-keys.ts';
export {
  createServer,
  DEFAULT_SERVER_LIMITS,
  type FaceTriggerServer,
  type ServerOptions,
} from './server/create-server.ts';
export { httpStatusOf } from './server/http-status.ts';
export type { FastKey, KeyStorage, SlowKey, StoredKey } from './server/key-storage.ts';
export type { ServerLimits } from './server/server-context.ts';
export type { ServerJobsOptions } from './server/server-jobs.ts';
export { ServerSettings, type SettingsStorage, type SettingsValues } from './server/server-settings.ts';
export { SETTINGS_LIMITS } from './server/settings-limits.ts';
export { ServerDatabase } from './server/shared/server-database.ts';
export type { WorkerPoolOptions } from './server/worker-pool.ts';

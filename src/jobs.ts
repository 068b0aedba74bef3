// `face-trigger/jobs`: long work on a gallery that workers share: jobs, their queue, and what does them.
/// <reference lib="esnext.disposable" preserve="true" />
export type { JobKind, TaskContext } from './jobs/job-kind.ts';
export { type JobProgress, jobProgress } from './jobs/job-progress.ts';
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
export {
  type EnrollmentPlan,
  type PlanEnrollmentOptions,
  planEnrollment,
} from './jobs/photos/plan-enrollment.ts';
export { type RunJobsOptions, runJobs, type WorkerEnd, type WorkerEvent } from './jobs/run-jobs.ts';
export { type WorkerKindsOptions, workerKinds } from './jobs/worker-kinds.ts';
export type { AllowInternal } from './node/network/allow-internal.ts';

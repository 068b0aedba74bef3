import { isMainThread } from 'node:worker_threads';
import { FaceTriggerError } from '../../core/errors.ts';
import { hostProcess } from './host-realm.ts';

const VARIABLE = 'ORT_DISABLE_TELEMETRY';

// onnxruntime 1.30 tells Microsoft of the machine and of the models that a program runs, under an id that it keeps in
// the home folder, unless this variable stands in the environment when it starts. Set as soon as face-trigger is
// imported, so that worker threads, which get a copy of the environment, have it too. Who sets it decides.
// Source: https://github.com/microsoft/onnxruntime/pull/27379
if (isMainThread) hostProcess.env[VARIABLE] ??= '1';

/**
 * Makes sure that onnxruntime starts without telemetry, or that somebody wanted it.
 *
 * @throws FaceTriggerError `ERR_RUNTIME` in a worker thread of a program that did not import face-trigger before:
 * native code never sees what a worker writes into its environment
 */
export function assertTelemetryIsDecided(): void {
  // On Windows the variable means nothing: onnxruntime hands its events to the system.
  if (hostProcess.env[VARIABLE] !== undefined || hostProcess.platform === 'win32') return;
  throw new FaceTriggerError(
    'ERR_RUNTIME',
    `onnxruntime would send usage data to Microsoft, and a worker thread cannot switch that off: import face-trigger ` +
      `in the main thread before the worker starts, or start Node with ${VARIABLE}=1 (0 to allow it)`,
  );
}

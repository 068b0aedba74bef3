import { subscribe } from 'node:diagnostics_channel';
import { setTimeout as delay } from 'node:timers/promises';
import {
  getEnvironmentData,
  isMainThread,
  setEnvironmentData,
  threadId,
  type Worker,
} from 'node:worker_threads';
import { hostProcess } from './host-realm.ts';
import { ThreadSlots } from './thread-slots.ts';

/**
 * How long an ending process or thread waits for native calls that are under way. One takes well under a second; the
 * limit only keeps a thread that died in an unforeseen way from holding up the end for ever.
 */
const PATIENCE_MS = 10_000;
const KEY = 'face-trigger native gate';

/** What a thread has in its environment data, from which the worker threads that it makes inherit it. */
interface Seat {
  readonly memory: Int32Array;
  /** The thread that wrote this; in any other one it is inherited. */
  readonly thread: number;
  /** Slot of that thread; null where there was none left. */
  readonly own: number | null;
  /** Slot of the next worker thread that it makes. */
  readonly next: number | null;
}

const { own, slots } = takeSeat();

/**
 * Runs native code of onnxruntime such that its thread is not ended inside it.
 *
 * @returns what `call` gives; a promise that never settles if the thread is about to end
 * @remarks onnxruntime-node (1.30) aborts the process, whose exit status is lost, when a call returns into a worker
 * thread that is being stopped: by `process.exit()`, an error that nobody catches, the end of the main thread, or
 * `Worker.terminate()` (https://github.com/microsoft/onnxruntime/issues/20084). So worker threads count their calls in
 * memory that all threads share, and what ends them waits for those under way. A thread that was made where
 * face-trigger was not imported before is not known here.
 */
export async function runNative<T>(call: () => Promise<T>): Promise<T> {
  // The main thread ends between two calls and never inside one: they are synchronous.
  if (isMainThread || own === null) return call();
  if (!slots.enter(own)) return new Promise<never>(() => undefined);
  try {
    return await call();
  } finally {
    slots.leave(own);
  }
}

function takeSeat(): { readonly own: number | null; readonly slots: ThreadSlots } {
  const given = getEnvironmentData(KEY) as unknown as Seat | undefined;
  const slots = new ThreadSlots(given?.memory);
  // Another copy of face-trigger works in this thread: another version, or one in another context of node:vm.
  if (given?.thread === threadId) return { own: given.own, slots };
  const first = isMainThread ? ThreadSlots.MAIN : slots.take(ThreadSlots.MAIN);
  const own = given ? given.next : first;
  const reserve = (): number | null => {
    const next = slots.take(own ?? ThreadSlots.MAIN);
    setEnvironmentData(KEY, { memory: slots.memory, thread: threadId, own, next } as never);
    return next;
  };
  let next = reserve();
  subscribe('worker_threads', (message) => {
    if (next !== null) delayEnd((message as { readonly worker: Worker }).worker, { slots, slot: next });
    next = reserve();
  });
  if (own !== null) {
    hostProcess.on('exit', () => {
      slots.end(own);
      slots.waitUntilIdle(own, PATIENCE_MS);
    });
  }
  return { own, slots };
}

/** Lets `terminate()` wait for the native calls of the worker thread and of those that it made. */
function delayEnd(
  worker: Worker,
  { slots, slot }: { readonly slots: ThreadSlots; readonly slot: number },
): void {
  const terminate = worker.terminate.bind(worker);
  worker.terminate = async () => {
    slots.end(slot);
    const end = performance.now() + PATIENCE_MS;
    while (slots.isBusy(slot) && performance.now() < end) await delay(1);
    return terminate();
  };
  worker.once('exit', () => slots.free(slot));
}

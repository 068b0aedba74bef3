import { setTimeout as sleep } from 'node:timers/promises';
import { redact } from '../source/redact.ts';
import { DurableQueue, type DurableQueueOptions, type QueueEntry } from './durable-queue.ts';
import { sendWebhook, type WebhookTarget } from './send-webhook.ts';

/** Options of {@link WebhookSender.create}. */
export interface WebhookSenderOptions {
  /** By name; the names are kept in the queue, the secrets are not. */
  readonly targets: ReadonlyMap<string, WebhookTarget>;
  /** The queue's file. */
  readonly path: string;
  readonly capacity?: number | undefined;
  /** First pause after a failure, in milliseconds; it doubles. @defaultValue 1000 */
  readonly retryMinMs?: number | undefined;
  /** Longest pause. @defaultValue 300000 */
  readonly retryMaxMs?: number | undefined;
  readonly log: (message: string) => void;
}

/**
 * Delivers webhooks in the order of the events, target by target, again and again until the receiver takes them; what
 * was accepted survives the end of the process.
 */
export class WebhookSender {
  readonly #options: WebhookSenderOptions;
  readonly #queue: DurableQueue;
  readonly #stop = new AbortController();
  readonly #lanes = new Map<string, Promise<void>>();

  /** Opens the queue and goes on with what waits there. */
  static async create(options: WebhookSenderOptions): Promise<WebhookSender> {
    const onDrop = (entry: QueueEntry) =>
      options.log(`webhook ${entry.target}: the queue is full, event ${entry.id} was dropped`);
    const settings: DurableQueueOptions =
      options.capacity === undefined ? { onDrop } : { onDrop, capacity: options.capacity };
    const sender = new WebhookSender(options, await DurableQueue.open(options.path, settings));
    for (const entry of sender.#queue.entries) {
      if (options.targets.has(entry.target)) continue;
      options.log(`webhook ${entry.target} is not in the triggers any more, event ${entry.id} was dropped`);
      await sender.#queue.done(entry.id);
    }
    for (const target of options.targets.keys()) sender.#run(target);
    return sender;
  }

  private constructor(options: WebhookSenderOptions, queue: DurableQueue) {
    this.#options = options;
    this.#queue = queue;
  }

  /** Deliveries that wait. */
  get pending(): number {
    return this.#queue.entries.length;
  }

  /** Accepts a delivery: when this resolves it will not be lost. */
  async send(target: string, message: { readonly id: string; readonly body: string }): Promise<void> {
    // One event can go to several targets, so the target is part of the id.
    await this.#queue.add({ id: `${message.id} ${target}`, target, body: message.body });
    this.#run(target);
  }

  /** Waits until all is delivered, at most so long, then stops; the rest stays in the queue's file. */
  async close(graceMs: number): Promise<void> {
    const timer = setTimeout(() => this.#stop.abort(), graceMs);
    while (this.#lanes.size > 0) await Promise.all(this.#lanes.values());
    clearTimeout(timer);
    this.#stop.abort();
    await this.#queue.close();
  }

  #run(target: string): void {
    if (this.#lanes.has(target)) return;
    this.#lanes.set(
      target,
      this.#deliver(target).finally(() => {
        this.#lanes.delete(target);
        // What was added while the lane was closing would wait for the next event otherwise.
        if (!this.#stop.signal.aborted && this.#next(target)) this.#run(target);
      }),
    );
  }

  #next(target: string): QueueEntry | undefined {
    return this.#queue.entries.find((entry) => entry.target === target);
  }

  async #deliver(target: string): Promise<void> {
    const { targets, log, retryMinMs = 1000, retryMaxMs = 300_000 } = this.#options;
    const { signal } = this.#stop;
    let failures = 0;
    for (let entry = this.#next(target); entry && !signal.aborted; entry = this.#next(target)) {
      const id = entry.id.slice(0, entry.id.indexOf(' '));
      const result = await sendWebhook(targets.get(target)!, { id, body: entry.body, signal });
      if (signal.aborted && !result.ok) return;
      if (result.ok || !result.retry) {
        if (!result.ok) log(`webhook ${target}: event ${id} was given up: ${redact(result.reason)}`);
        await this.#queue.done(entry.id);
        failures = 0;
        continue;
      }
      const pause = Math.min(retryMaxMs, retryMinMs * 2 ** failures++);
      log(`webhook ${target}: ${redact(result.reason)}; next try in ${pause / 1000} s`);
      await sleep(pause, undefined, { signal }).catch(() => undefined);
    }
  }
}

import { setTimeout as sleep } from 'node:timers/promises';
import { FaceTriggerError } from '../../core/errors.ts';
import { DurableQueue, type WaitingEntry } from '../../node/sqlite/durable-queue.ts';
import { redact } from '../source/redact.ts';
import { sendWebhook, type WebhookTarget } from './send-webhook.ts';
import { UndeliveredFile } from './undelivered-file.ts';
import { markRepeat, unpackDelivery } from './webhook-content.ts';

/** Options of {@link WebhookSender.create}. */
export interface WebhookSenderOptions {
  /** By name; the names are kept in the queue, the secrets are not. */
  readonly targets: ReadonlyMap<string, WebhookTarget>;
  /** The queue's file. */
  readonly path: string;
  /** Events that wait for one target at most. @defaultValue 10000 */
  readonly capacity?: number | undefined;
  /** First pause after a failure, in milliseconds; it doubles. @defaultValue 1000 */
  readonly retryMinMs?: number | undefined;
  /** Longest pause. @defaultValue 300000 */
  readonly retryMaxMs?: number | undefined;
  readonly log: (message: string) => void;
}

/** Hours after which an event is given up, unless its target says otherwise. */
export const GIVE_UP_HOURS = 24;

/**
 * Failures in a row, some four minutes, before a receiver is judged: before that nothing is given up for its age (the
 * clock may have jumped) and no later event is tried before an earlier one.
 */
const FAILURES_TO_JUDGE = 8;

/**
 * Delivers webhooks in the order of the events, each target on its own, again and again until the receiver takes them;
 * what was accepted survives the end of the process.
 *
 * @remarks What is given up is written to `path + '.undelivered.jsonl'` first: an event that is too old, one that the
 * receiver refuses for good, one that it fails at while it takes others, one that made room, and one whose target is
 * not in the triggers any more.
 */
export class WebhookSender {
  readonly #options: WebhookSenderOptions;
  readonly #queue: DurableQueue;
  readonly #undelivered: UndeliveredFile;
  readonly #stop = new AbortController();
  readonly #lanes = new Map<string, Promise<void>>();
  readonly #startedAt = Date.now();
  /** Targets that something was sent to. */
  readonly #begun = new Set<string>();
  #notKept = 0;

  /** Opens the queue and goes on with what waits there. */
  static async create(options: WebhookSenderOptions): Promise<WebhookSender> {
    const { path, capacity, log, targets } = options;
    const sender = new WebhookSender(options, await DurableQueue.open(path, { capacity, log }));
    for (const target of sender.#queue.targets) {
      if (targets.has(target)) continue;
      try {
        sender.#giveUpAll(target, 'it is not in the triggers any more');
      } catch (error) {
        sender.#say(target, `what waits for it stays in the queue: ${(error as Error).message}`);
      }
    }
    for (const target of targets.keys()) sender.#run(target);
    return sender;
  }

  private constructor(options: WebhookSenderOptions, queue: DurableQueue) {
    this.#options = options;
    this.#queue = queue;
    this.#undelivered = new UndeliveredFile(`${options.path}.undelivered.jsonl`);
  }

  /** Deliveries that wait. */
  get pending(): number {
    return this.#queue.size;
  }

  /**
   * Accepts a delivery: when this returns it will not be lost.
   *
   * @throws FaceTriggerError `ERR_DISK_FULL`, `ERR_FILE_WRITE`: it was not accepted; the message counts how many
   */
  send(target: string, message: { readonly id: string; readonly body: string }): void {
    let dropped: readonly WaitingEntry[];
    try {
      dropped = this.#queue.add({ ...message, target, addedAt: Date.now() });
    } catch (error) {
      if (!(error instanceof FaceTriggerError)) throw error;
      const lost = `event ${message.id} is lost, ${++this.#notKept} so far: ${error.message}`;
      throw new FaceTriggerError(error.code, lost, { cause: error });
    }
    for (const entry of dropped) {
      try {
        this.#keepAside(entry, 'too many events wait');
      } catch (error) {
        this.#say(target, `event ${entry.id} made room and is lost: ${(error as Error).message}`);
      }
    }
    this.#run(target);
  }

  /** Waits until all is delivered, at most so long, then stops; the rest stays in the queue's file. */
  async close(graceMs: number): Promise<void> {
    const timer = setTimeout(() => this.#stop.abort(), graceMs);
    while (this.#lanes.size > 0) await Promise.all(this.#lanes.values());
    clearTimeout(timer);
    this.#stop.abort();
    this.#queue.close();
  }

  #run(target: string): void {
    if (this.#lanes.has(target) || this.#stop.signal.aborted) return;
    this.#lanes.set(target, this.#deliverAll(target));
  }

  /** Never rejects, and never tries again without a pause. */
  async #deliverAll(target: string): Promise<void> {
    const { retryMinMs = 1000, retryMaxMs = 300_000 } = this.#options;
    const { signal } = this.#stop;
    const lane: Lane = { target, failures: 0, suspect: null, inDoubt: new Set(this.#leftOver(target)) };
    this.#begun.add(target);
    // So that the lane is in the list before it can leave it.
    await Promise.resolve();
    try {
      while (!signal.aborted) {
        let reason: string | null;
        try {
          const head = this.#queue.next(target);
          if (head === null) return;
          reason = await this.#deliverOne(lane, head);
        } catch (error) {
          reason = (error as Error).message;
        }
        if (reason === null) continue;
        const pause = Math.min(retryMaxMs, retryMinMs * 2 ** lane.failures++);
        this.#say(target, `${reason}; next try in ${pause / 1000} s`);
        await sleep(pause, undefined, { signal }).catch(() => undefined);
      }
    } finally {
      // In the same breath as the look at the queue: what is added later opens a new lane.
      this.#lanes.delete(target);
    }
  }

  /** Entries that an earlier process may have delivered and could not note: the first ones, since each waits for the one before. */
  #leftOver(target: string): readonly number[] {
    const isLeft = (entry: WaitingEntry | null): entry is WaitingEntry =>
      entry !== null && entry.addedAt < this.#startedAt;
    const first = this.#queue.next(target);
    if (!isLeft(first) || this.#begun.has(target)) return [];
    const second = this.#queue.next(target, first.seq);
    return isLeft(second) ? [first.seq, second.seq] : [first.seq];
  }

  /** @returns null: go on at once; else why another try is needed */
  async #deliverOne(lane: Lane, head: WaitingEntry): Promise<string | null> {
    const { target } = lane;
    const receiver = this.#options.targets.get(target)!;
    const { signal } = this.#stop;
    // Is it the receiver, or this one event that it fails at? Every second time the next event is tried instead.
    const judging = lane.failures >= FAILURES_TO_JUDGE && lane.suspect !== head.seq;
    const probe = judging && lane.failures % 2 === 1 ? this.#queue.next(target, head.seq) : null;
    const entry = probe ?? head;
    const isInDoubt = lane.inDoubt.has(entry.seq);
    const body = isInDoubt ? markRepeat(entry.body) : entry.body;
    const result = await sendWebhook(receiver, { id: entry.id, body, signal });
    // Without an answer nobody knows whether it was received.
    if (!result.ok && result.status === undefined) lane.inDoubt.add(entry.seq);
    if (result.ok) {
      this.#queue.done(entry);
      lane.inDoubt.delete(entry.seq);
      // The one before gets one more chance: the receiver may be well again.
      lane.suspect = probe ? head.seq : null;
      if (!probe) lane.failures = 0;
      return null;
    }
    if (signal.aborted) return null;
    const failsAtThis = entry.seq === lane.suspect && (result.status ?? 0) >= 500;
    if (!result.retry || failsAtThis) {
      this.#giveUp(entry, failsAtThis ? `${result.reason}, but took the next event` : result.reason);
      lane.failures = 0;
      return null;
    }
    if (lane.failures >= FAILURES_TO_JUDGE) {
      const hours = receiver.giveUpHours ?? GIVE_UP_HOURS;
      this.#giveUpAll(target, result.reason, { before: Date.now() - hours * 3_600_000 });
    }
    return result.reason;
  }

  /** Gives up what waits for a target, all or what was accepted before a time. */
  #giveUpAll(target: string, reason: string, { before = Infinity } = {}): void {
    for (
      let entry = this.#queue.next(target);
      entry && entry.addedAt < before;
      entry = this.#queue.next(target)
    ) {
      this.#giveUp(entry, reason);
    }
  }

  /** @throws Error if the event could not be written down elsewhere; it stays in the queue then */
  #giveUp(entry: WaitingEntry, reason: string): void {
    this.#keepAside(entry, reason);
    this.#queue.done(entry);
  }

  #keepAside(entry: WaitingEntry, reason: string): void {
    const why = redact(reason);
    this.#undelivered.add({
      receiver: redact(entry.target),
      reason: why,
      event: unpackDelivery(entry.body).event,
    });
    this.#say(entry.target, `event ${entry.id} was given up, see ${this.#undelivered.path}: ${why}`);
  }

  #say(target: string, message: string): void {
    this.#options.log(`webhook ${redact(target)}: ${redact(message)}`);
  }
}

interface Lane {
  readonly target: string;
  /** In a row. */
  failures: number;
  /** Number of the entry that the receiver may fail at while it takes others. */
  suspect: number | null;
  /** Numbers of entries that it may have received. */
  readonly inDoubt: Set<number>;
}

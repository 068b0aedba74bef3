const COUNT = 1024;
/** Index of the counter that changes whenever a call ends; the slots follow it. */
const CHANGES = 0;
const FIELDS = 4;
/** Fields of a slot. `PARENT` is the slot of the thread that made this one. */
const TAKEN = 1;
const CALLS = 2;
const ENDING = 3;
const PARENT = 4;

/**
 * Counts, in memory that all threads of a process share, the calls that must not be cut off: a slot for each thread.
 *
 * @remarks A thread enters before it looks whether it shall end, and who ends it says so before looking whether it is
 * busy: one of the two always sees the other.
 */
export class ThreadSlots {
  /** Slot of the main thread, whose end ends all. */
  static readonly MAIN = 0;
  readonly memory: Int32Array;

  constructor(memory: Int32Array = new Int32Array(new SharedArrayBuffer(4 * (1 + COUNT * FIELDS)))) {
    this.memory = memory;
    Atomics.store(memory, TAKEN, 1);
  }

  /** A slot for a thread that the one of slot `parent` makes; null when none is left. */
  take(parent: number): number | null {
    for (let slot = 1; slot < COUNT; slot++) {
      if (Atomics.compareExchange(this.memory, slot * FIELDS + TAKEN, 0, 1) !== 0) continue;
      this.#set(slot, CALLS, 0);
      this.#set(slot, ENDING, 0);
      this.#set(slot, PARENT, parent);
      return slot;
    }
    return null;
  }

  /** Gives back the slots of a thread that is gone and of those that it made. */
  free(slot: number): void {
    for (const one of this.#family(slot)) this.#set(one, TAKEN, 0);
  }

  /** Begins a call. @returns false if the thread shall end: then there must be none */
  enter(slot: number): boolean {
    Atomics.add(this.memory, slot * FIELDS + CALLS, 1);
    if (!this.#line(slot).some((one) => this.#get(one, ENDING) === 1)) return true;
    this.leave(slot);
    return false;
  }

  /** Ends a call. */
  leave(slot: number): void {
    Atomics.sub(this.memory, slot * FIELDS + CALLS, 1);
    Atomics.add(this.memory, CHANGES, 1);
    Atomics.notify(this.memory, CHANGES);
  }

  /** Lets no further call begin in the thread and in those that it made. */
  end(slot: number): void {
    this.#set(slot, ENDING, 1);
  }

  /** Whether calls are under way in the thread or in one that it made. */
  isBusy(slot: number): boolean {
    return this.#family(slot).some((one) => this.#get(one, CALLS) > 0);
  }

  /** Blocks until the calls under way have ended, or for `timeoutMs`. */
  waitUntilIdle(slot: number, timeoutMs: number): void {
    const end = performance.now() + timeoutMs;
    for (;;) {
      const changes = Atomics.load(this.memory, CHANGES);
      const left = end - performance.now();
      if (left <= 0 || !this.isBusy(slot)) return;
      Atomics.wait(this.memory, CHANGES, changes, left);
    }
  }

  /** The slot and those of the threads that it comes from. */
  #line(slot: number): number[] {
    const line = [slot];
    for (let one = slot; one !== ThreadSlots.MAIN && line.length < COUNT; line.push(one))
      one = this.#get(one, PARENT);
    return line;
  }

  /** The slot and those of the threads that come from it. */
  #family(slot: number): number[] {
    const all = Array.from({ length: COUNT }, (_, one) => one);
    return all.filter((one) => this.#get(one, TAKEN) === 1 && this.#line(one).includes(slot));
  }

  #get(slot: number, field: number): number {
    return Atomics.load(this.memory, slot * FIELDS + field);
  }

  #set(slot: number, field: number, value: number): void {
    Atomics.store(this.memory, slot * FIELDS + field, value);
  }
}

/** Lets other work of this thread run: Node has a way without a pause, browsers wait for the next timer. */
export function nextTurn(): Promise<void> {
  const { setImmediate, setTimeout } = globalThis as unknown as Timers;
  return new Promise((resolve) => {
    (setImmediate ?? setTimeout)(resolve);
  });
}

interface Timers {
  readonly setImmediate?: ((turn: () => void) => unknown) | undefined;
  setTimeout(turn: () => void): unknown;
}

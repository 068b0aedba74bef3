/** Lets other work of this thread run: Node has a way without a pause, browsers wait for the next timer. */
export function nextTurn(): Promise<void> {
  const { setImmediate = setTimeout } = globalThis as Immediate;
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

type Immediate = { readonly setImmediate?: ((turn: () => void) => unknown) | undefined };

import { useToasts } from './toasts.tsx';

/**
 * Does what somebody decided, and offers the way back.
 *
 * @param text - what was done, or what to say of its result
 * @throws what the work throws; failures of the way back are shown
 */
export type Decide = <Result extends { readonly id: string }>(
  work: () => Promise<Result | readonly Result[]>,
  text: string | ((result: Result) => string),
) => Promise<void>;

/**
 * @param onChange - called when something is another than before
 * @param undoOne - takes a decision back
 */
export function useDecisions(onChange: () => void, undoOne: (id: string) => Promise<unknown>): Decide {
  const { show, fail } = useToasts();
  return async (work, text) => {
    const result = await work();
    const all = Array.isArray(result) ? result : [result];
    const undo = async (): Promise<void> => {
      try {
        // The last one first: an earlier one can't be taken back while a later one stands on it.
        for (const { id } of all.toReversed()) await undoOne(id);
      } catch (error) {
        fail(error);
      }
      onChange();
    };
    show({
      text: typeof text === 'string' ? text : text(all.at(-1)!),
      action: { label: 'Undo', run: () => void undo() },
    });
    onChange();
  };
}

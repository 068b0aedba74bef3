import { useState } from 'preact/hooks';

/** What a dialog does that saves and is closed then. */
export interface Save {
  /** From the press of a button until it failed; where it went well, until the dialog is gone. */
  readonly busy: boolean;
  /** Why the last try failed; `null` where none did. */
  readonly error: unknown;
  /**
   * Does the work, keeping its failure for `error`.
   *
   * @param then - called where it went well
   */
  save(work: () => Promise<void>, then: () => void): Promise<void>;
}

/** State of a dialog that saves and is closed then: a failure leaves it open, for another try. */
export function useSave(): Save {
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const save = async (work: () => Promise<void>, then: () => void): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      await work();
      then();
    } catch (problem) {
      setError(problem);
      setBusy(false);
    }
  };
  return { busy, error, save };
}

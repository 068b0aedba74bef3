/** What commands get from the program around them. */
export interface CommandContext {
  /** Aborted when the user wants the work to stop. */
  readonly signal: AbortSignal;
  /** Sets what the process ends with; 0 until then. */
  setExitStatus(status: number): void;
}

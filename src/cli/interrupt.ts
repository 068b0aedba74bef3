/** Signals that end a program, and the exit statuses that shells give them. */
const EXIT_STATUS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/** What {@link watchInterrupts} gives. */
export interface Interrupts extends Disposable {
  /** Aborted when the user wants the work to stop. */
  readonly signal: AbortSignal;
  /** Exit status of the signal that came, or null. */
  exitStatus(): number | null;
}

/**
 * Turns Ctrl-C and its like into an AbortSignal, so that work stops between two steps and leaves nothing half done.
 *
 * @remarks A second signal ends the process at once. A reader that goes away (`| head`) ends it quietly.
 */
export function watchInterrupts(): Interrupts {
  const controller = new AbortController();
  let status: number | null = null;
  const onSignal = (name: keyof typeof EXIT_STATUS) => {
    if (status !== null) process.exit(EXIT_STATUS[name]);
    status = EXIT_STATUS[name];
    controller.abort(new Error(`stopped by ${name}`));
  };
  const onError = (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit(0);
  };
  const names = Object.keys(EXIT_STATUS) as (keyof typeof EXIT_STATUS)[];
  for (const name of names) process.on(name, onSignal);
  process.stdout.on('error', onError);
  // What is said on the side, and can't be (a full disk), must not end the work.
  process.stderr.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') onError(error);
  });
  return {
    signal: controller.signal,
    exitStatus: () => status,
    [Symbol.dispose]() {
      for (const name of names) process.off(name, onSignal);
    },
  };
}

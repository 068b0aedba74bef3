import { onTestFinished, vi } from 'vitest';

/** Sets the clock of this process ahead until the test ends, so that nobody waits for an expiry; timers run as ever. */
export function passTime(ms: number): void {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + ms });
  onTestFinished(() => void vi.useRealTimers());
}

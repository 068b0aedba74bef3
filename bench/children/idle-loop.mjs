// Does nothing but watch its own event loop: how long other programs keep a process from running. Each message is
// answered with the longest stop since the one before, in milliseconds.
import { monitorEventLoopDelay } from 'node:perf_hooks';

/** As prom-client's, whose figure stands beside this one. */
const RESOLUTION_MS = 10;
const monitor = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
monitor.enable();
process.on('message', () => {
  process.send(monitor.max / 1e6 - RESOLUTION_MS);
  monitor.reset();
});

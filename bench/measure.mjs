import { Bench } from 'tinybench';

/**
 * Times one function, run after run.
 *
 * @param {() => unknown} run - what is timed; a promise is waited for
 * @param {{ warmUp: number, n: number }} counts - runs that do not count, and runs that do
 * @returns {Promise<ReturnType<typeof summarize> & { warmUp: number }>}
 */
export async function measure(run, { warmUp, n }) {
  const bench = new Bench({
    iterations: n,
    time: 0,
    warmup: warmUp > 0,
    warmupIterations: warmUp,
    warmupTime: 0,
    retainSamples: true,
    throws: true,
  });
  bench.add('run', run);
  const [task] = await bench.run();
  return { warmUp, ...summarize(task.result.latency.samples) };
}

/**
 * @param {readonly number[]} times - milliseconds
 * @returns n, and the median, 95th percentile and minimum in milliseconds
 */
export function summarize(times) {
  const sorted = [...times].sort((a, b) => a - b);
  return {
    n: sorted.length,
    median: round(quantile(sorted, 0.5)),
    p95: round(quantile(sorted, 0.95)),
    min: round(sorted[0]),
  };
}

/** Four significant digits: more would be noise. */
export function round(value) {
  return Number(value.toPrecision(4));
}

// Linear between neighbors, as numpy's default.
function quantile(sorted, share) {
  const place = share * (sorted.length - 1);
  const below = Math.floor(place);
  const above = Math.ceil(place);
  return sorted[below] + (sorted[above] - sorted[below]) * (place - below);
}

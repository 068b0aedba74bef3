import { createInterface } from 'node:readline';
import { whenEnded } from './child.mjs';
import { round, summarize } from './measure.mjs';

/** Each side first warms up for so long, then gets so long in each of the rounds; one run at least. */
const FULL = { rounds: 12, warmUpMs: 1000, roundMs: 300, mostRuns: 100 };
const QUICK = { rounds: 2, warmUpMs: 30, roundMs: 10, mostRuns: 20 };

/** A program in a process of its own that does tasks on request (bench/contestants/serve.mjs). */
export class Contestant {
  /** What it said of its versions and settings. */
  ready;
  #child;
  #ended;
  #lines;

  constructor(child, name) {
    this.#child = child;
    this.#ended = whenEnded(child, name);
    // Its failure shows when its answer is missing; until then nobody waits for its end.
    this.#ended.catch(() => undefined);
    this.#lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  }

  /** @param {import('node:child_process').ChildProcess} child - with pipes for stdin and stdout */
  static async start(child, name) {
    const contestant = new Contestant(child, name);
    contestant.ready = (await contestant.#answer()).ready;
    return contestant;
  }

  /** @returns {Promise<{ times: number[], result: number }>} milliseconds of each run */
  run(task, image, count) {
    this.#child.stdin.write(`${task} ${image} ${count}\n`);
    return this.#answer();
  }

  /** Lets the process end. */
  async end() {
    this.#child.stdin.end();
    await this.#ended;
  }

  async #answer() {
    const { value, done } = await this.#lines.next();
    if (!done) return JSON.parse(value);
    await this.#ended;
    throw new Error('A contestant ended before it answered');
  }
}

/**
 * Lets two contestants do the same work in turns (A B A B ...), so that a machine that slows down or is shared
 * slows both.
 *
 * @param {{ ours: Contestant, theirs: Contestant }} contestants
 * @param {readonly Match[]} matches
 * @param {{ quick: boolean, log: (line: string) => void }} options
 * @returns a row for each match: both sides' times and how often ours fits into theirs
 *
 * @typedef {{ what: string, image: string, index: number, ours: string, theirs: string, per?: number }} Match
 */
export async function compete({ ours, theirs }, matches, { quick, log }) {
  const extent = quick ? QUICK : FULL;
  const rows = [];
  for (const { what, image, index, ours: ourTask, theirs: theirTask, per = 1 } of matches) {
    log(`${what}, ${image}`);
    const sides = [
      { contestant: ours, task: ourTask, times: [] },
      { contestant: theirs, task: theirTask, times: [] },
    ];
    for (const side of sides) {
      Object.assign(side, await prepare(side, index, extent));
    }
    for (let i = 0; i < extent.rounds; i++) {
      for (const side of sides) {
        side.times.push(...(await side.contestant.run(side.task, index, side.count)).times);
      }
    }
    const [a, b] = sides.map(({ times, result, warmUp }) => ({
      ...summarize(times.map((time) => time / per)),
      result,
      warmUp,
    }));
    rows.push({
      what,
      image,
      per,
      rounds: extent.rounds,
      ours: ourTask,
      theirs: theirTask,
      ourMedian: a.median,
      ourMin: a.min,
      ourP95: a.p95,
      ourN: a.n,
      ourWarmUp: a.warmUp,
      ourResult: a.result,
      theirMedian: b.median,
      theirMin: b.min,
      theirP95: b.p95,
      theirN: b.n,
      theirWarmUp: b.warmUp,
      theirResult: b.result,
      ratio: round(b.median / a.median),
      ratioOfMinima: round(b.min / a.min),
    });
  }
  return rows;
}

/** Runs a task until it is warm: caches filled, JavaScript compiled. Tells how many runs fit into a round. */
async function prepare({ contestant, task }, index, { warmUpMs, roundMs, mostRuns }) {
  const first = await contestant.run(task, index, 1);
  const fitting = (ms, time) => Math.max(1, Math.min(mostRuns, Math.floor(ms / time)));
  const more = fitting(warmUpMs, first.times[0]);
  const { times, result } = await contestant.run(task, index, more);
  return { result, warmUp: 1 + more, count: fitting(roundMs, summarize(times).median) };
}

/** An aim that one row's ratio must reach. */
export function ratioAim(rows, { what, image, least, aim }) {
  const value = rows.find((row) => row.what === what && row.image === image).ratio;
  return { aim, value, ok: value >= least };
}

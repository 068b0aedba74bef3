import { createInterface } from 'node:readline';

/**
 * Answers lines "TASK IMAGE_NUMBER COUNT" on stdin with {"times":[ms, ...],"result":number} on stdout, so that
 * contestants in processes of their own can take turns.
 *
 * @param {object} ready - versions and settings, told first
 * @param {(task: string, image: number) => Promise<number>} run - does the task once; the number (faces found, or
 * the norm of an embedding) shows that it was done
 */
export async function serve(ready, run) {
  console.log(JSON.stringify({ ready }));
  for await (const line of createInterface({ input: process.stdin })) {
    const [task, image, count] = line.split(' ');
    const times = [];
    let result = 0;
    for (let i = 0; i < Number(count); i++) {
      const start = performance.now();
      result = await run(task, Number(image));
      times.push(performance.now() - start);
    }
    console.log(JSON.stringify({ times, result }));
  }
}

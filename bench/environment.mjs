import { readFileSync } from 'node:fs';
import { arch, cpus, loadavg, platform, totalmem } from 'node:os';

/** What a figure depends on beside the code: goes into every results file. */
export function describeEnvironment() {
  const [first] = cpus();
  return {
    date: new Date().toISOString(),
    cpu: first?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryGb: Math.round(totalmem() / 1e9),
    system: `${platform()} ${arch()}`,
    // A load above 0 when a section begins means that other programs shared the machine.
    loadAverage: loadavg().map((load) => Number(load.toFixed(2))),
    node: process.version,
    versions: {
      'face-trigger': versionOf('..'),
      'onnxruntime-node': versionOf('../node_modules/onnxruntime-node'),
      sharp: versionOf('../node_modules/sharp'),
    },
    variables: Object.fromEntries(
      Object.entries(process.env).filter(([name]) => /^(OPENBLAS|OMP|UV_THREADPOOL|NODE_OPTIONS)/.test(name)),
    ),
  };
}

function versionOf(folder) {
  return JSON.parse(readFileSync(new URL(`${folder}/package.json`, import.meta.url), 'utf8')).version;
}

// Loaded before the program: sends it a signal at a moment that a test chooses. One that looks from outside would be too
// late on a busy machine.

import { readdirSync, statSync } from 'node:fs';
import fs from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { isMainThread } from 'node:worker_threads';

if (isMainThread) {
  const { at, signal, ...rest } = JSON.parse(process.env['INTERRUPT_ITSELF']);
  const interrupt = () => process.kill(process.pid, signal);
  if (at === 'output') atOutput(interrupt);
  if (at === 'rename') atRename(rest, interrupt);
  if (at === 'file') atFile(rest, interrupt);
}

function atOutput(interrupt) {
  const { write } = process.stdout;
  process.stdout.write = function (...args) {
    process.stdout.write = write;
    interrupt();
    return write.apply(this, args);
  };
}

function atRename({ ending }, interrupt) {
  const { rename } = fs;
  fs.rename = async (from, to) => {
    await rename(from, to);
    if (String(to).endsWith(ending)) interrupt();
  };
  syncBuiltinESMExports();
}

function atFile({ path, above = 0 }, interrupt) {
  const sizeOf = () => {
    const stats = statSync(path, { throwIfNoEntry: false });
    return stats?.isDirectory() ? readdirSync(path).length : (stats?.size ?? 0);
  };
  const timer = setInterval(() => {
    if (sizeOf() <= above) return;
    clearInterval(timer);
    interrupt();
  }, 2);
  timer.unref();
}

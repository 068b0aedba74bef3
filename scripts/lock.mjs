import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ROOT } from './stamp.mjs';

const LOCK = join(ROOT, '.bootstrap.lock');

/**
 * Runs work on the checkout's installed and built files while no other process does.
 *
 * @param {() => Promise<void>} work
 */
export async function withCheckoutLock(work) {
  let waited = false;
  while (!take(LOCK)) {
    if (!waited) process.stderr.write('another process is preparing this checkout: waiting for it\n');
    waited = true;
    await sleep(200);
  }
  const release = () => rmSync(LOCK, { force: true });
  const onSignal = (signal) => {
    release();
    process.exit(signal === 'SIGINT' ? 130 : 143);
  };
  process.once('SIGINT', onSignal);
  process.once('SIGTERM', onSignal);
  try {
    await work();
  } finally {
    process.off('SIGINT', onSignal);
    process.off('SIGTERM', onSignal);
    release();
  }
}

function take(path) {
  try {
    writeFileSync(path, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
  }
  const owner = readOwner(path);
  // An empty file belongs to a process between creating and writing it.
  if (owner === null || isAlive(owner)) return false;
  // Of several processes that see a dead owner's lock, the rename lets exactly one take it away.
  const aside = `${path}.${process.pid}.dead`;
  try {
    renameSync(path, aside);
  } catch {
    return false;
  }
  if (readOwner(aside) === owner) {
    rmSync(aside, { force: true });
    return false;
  }
  // Someone replaced the dead lock meanwhile: it is theirs, give it back.
  renameSync(aside, path);
  return false;
}

function readOwner(path) {
  try {
    const pid = Number.parseInt(readFileSync(path, 'utf8'), 10);
    return Number.isInteger(pid) && pid > 0 ? pid : null;
  } catch {
    return null;
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

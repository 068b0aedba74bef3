import { writeSync } from 'node:fs';
import { withFileLock } from '../../../src/node/sqlite/file-lock.ts';

// Another process that wants a lock: node lock-child.js PATH
const say = (line: string) => writeSync(1, `${line}\n`);
say('asks');
await withFileLock(process.argv[2]!, async () => say('has it'));

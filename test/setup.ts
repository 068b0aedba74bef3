import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';

// What the developer installed and chose for himself must not change what the tests see.
process.env['FACE_TRIGGER_DATA'] = join(tmpdir(), 'face-trigger-nothing-installed');
delete process.env['FACE_TRIGGER_MODELS'];

// Ordinary runs try the same examples every time, so that a change is judged by what it changed; `npm run fuzz` and
// FACE_TRIGGER_FUZZ_SEED=random look for new ones. A failure prints its seed and path in either case.
const FIXED_SEED = 20_261_125;

const wanted = process.env['FACE_TRIGGER_FUZZ_SEED'];
if (wanted === undefined || wanted === '') fc.configureGlobal({ seed: FIXED_SEED });
else if (wanted !== 'random') fc.configureGlobal({ seed: Number(wanted) });

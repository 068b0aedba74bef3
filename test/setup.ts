import fc from 'fast-check';

// Ordinary runs try the same examples every time, so that a change is judged by what it changed; `npm run fuzz` and
// FACE_TRIGGER_FUZZ_SEED=random look for new ones. A failure prints its seed and path in either case.
const FIXED_SEED = 20_261_125;

const wanted = process.env['FACE_TRIGGER_FUZZ_SEED'];
if (wanted === undefined || wanted === '') fc.configureGlobal({ seed: FIXED_SEED });
else if (wanted !== 'random') fc.configureGlobal({ seed: Number(wanted) });

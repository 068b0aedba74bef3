import { startNode } from '../child.mjs';
import { Contestant, compete } from '../contest.mjs';
import { installPeers } from '../peers/install-peers.mjs';

const SIZES = ['250x250', '640x480'];

/** The same work in @vladmandic/human, in turns, one thread each. */
export const human = {
  name: 'human',
  title: 'Beside @vladmandic/human',
  columns: {
    what: 'work',
    image: 'image',
    ourMedian: 'face-trigger ms, median',
    ourMin: 'min',
    theirMedian: 'human ms, median',
    theirMin: 'min',
    ratio: 'times as fast',
    ratioOfMinima: 'of minima',
  },

  async run({ images, quick, log }) {
    const problem = installPeers(log);
    if (problem !== null) return { skipped: problem };
    const paths = [await images.ppm(await images.one()), await images.ppm(await images.vga())];
    const start = (name) =>
      Contestant.start(startNode([`bench/contestants/${name}.mjs`, ...paths], { stdin: 'pipe' }), name);
    const ours = await start('face-trigger');
    const theirs = await start('human');
    const matches = SIZES.flatMap((image, index) => [
      { what: 'detect (fast : blazeface)', image, index, ours: 'detect-fast-80', theirs: 'detect' },
      {
        what: 'whole chain (fast, int8, quality fast : blazeface, mesh, faceres)',
        image,
        index,
        ours: 'chain-fast-plain-80',
        theirs: 'chain',
      },
    ]);
    const rows = await compete({ ours, theirs }, matches, { quick, log });
    await Promise.all([ours.end(), theirs.end()]);
    return { facts: { ours: ours.ready, theirs: theirs.ready }, rows, aims: [] };
  },
};

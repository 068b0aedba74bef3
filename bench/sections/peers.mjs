import { startNode } from '../child.mjs';
import { Contestant, compete, ratioAim } from '../contest.mjs';
import { installPeers } from '../peers/install-peers.mjs';

const SIZES = ['250x250', '640x480'];

/** The same work in @vladmandic/face-api, in turns, one thread each. */
export const peers = {
  name: 'peers',
  title: 'Beside @vladmandic/face-api',
  columns: {
    what: 'work',
    image: 'image',
    ourMedian: 'face-trigger ms, median',
    ourMin: 'min',
    theirMedian: 'face-api ms, median',
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
    const theirs = await start('face-api');
    const rows = await compete({ ours, theirs }, matches(), { quick, log });
    await Promise.all([ours.end(), theirs.end()]);
    return { facts: { ours: ours.ready, theirs: theirs.ready }, rows, aims: aimsOf(rows) };
  },
};

function matches() {
  const on = (image, what, ours, theirs) => ({ what, image, index: SIZES.indexOf(image), ours, theirs });
  const both = (...rest) => SIZES.map((image) => on(image, ...rest));
  return [
    on(SIZES[0], 'embed one face', 'embed-1', 'embed-1'),
    on(SIZES[0], 'embed one face, int8', 'embed-int8-1', 'embed-1'),
    on(SIZES[0], 'landmarks (5 : 68 points)', 'landmarks', 'landmarks'),
    ...both('detect (exact : SSD)', 'detect-80', 'detect-ssd'),
    ...both('detect (fast : SSD)', 'detect-fast-80', 'detect-ssd'),
    ...both('detect (fast : tiny 416)', 'detect-fast-80', 'detect-tiny'),
    ...both('whole chain (exact, quality fast : SSD)', 'chain-plain-80', 'chain-ssd'),
    ...both('whole chain (fast, int8, quality fast : SSD)', 'chain-fast-plain-80', 'chain-ssd'),
    ...both('whole chain (fast, int8, quality fast : tiny 416)', 'chain-fast-plain-80', 'chain-tiny'),
  ];
}

function aimsOf(rows) {
  const [image] = SIZES;
  const aim = (what, least, text) => ratioAim(rows, { what, image, least, aim: text });
  return [
    aim('embed one face', 4, 'embed at least 4x face-api'),
    aim(
      'whole chain (fast, int8, quality fast : SSD)',
      25,
      'whole chain at 250x250 at least 25x face-api with SSD',
    ),
  ];
}

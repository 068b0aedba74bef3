import { coldStart } from './sections/cold-start.mjs';
import { decode } from './sections/decode.mjs';
import { detect } from './sections/detect.mjs';
import { embed } from './sections/embed.mjs';
import { embedders } from './sections/embedders.mjs';
import { gallery, galleryMillion } from './sections/gallery.mjs';
import { human } from './sections/human.mjs';
import { landmarks } from './sections/landmarks.mjs';
import { memory } from './sections/memory.mjs';
import { native } from './sections/native.mjs';
import { peers } from './sections/peers.mjs';
import { pipeline } from './sections/pipeline.mjs';
import { pixels } from './sections/pixels.mjs';
import { server } from './sections/server.mjs';
import { session } from './sections/session.mjs';
import { watch } from './sections/watch.mjs';

/**
 * All that `npm run bench` measures, in this order.
 *
 * @type {readonly Section[]}
 *
 * @typedef {object} Section
 * @property {string} name - on the command line and of the results file
 * @property {string} title
 * @property {Record<string, string>} columns - key in a row -> heading of the tables
 * @property {(context: Context) => Promise<Outcome>} run
 * @property {boolean} [onlyWhenNamed] - takes too long to run with all the others
 *
 * @typedef {object} Context
 * @property {import('./images.mjs').BenchImages} images
 * @property {boolean} quick - few runs, to see that it works
 * @property {(line: string) => void} log
 *
 * @typedef {{ skipped: string } | { rows: object[], facts?: object, aims?: Aim[] }} Outcome
 * @typedef {{ aim: string, value: number, ok: boolean }} Aim
 */
export const SECTIONS = [
  ...[decode, detect, landmarks, embed, embedders, session, pixels, pipeline, memory, coldStart],
  ...[gallery, galleryMillion, server],
  ...[peers, human, native, watch],
];

// Draws docs/images/architecture.svg: node scripts/docs-architecture.mjs
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ROOMS } from '../.dependency-cruiser.mjs';
import { ROOT } from './stamp.mjs';

/** From the ground up and from left to right: the order of ROOMS. Two lines of text fit below each name. */
const FLOORS = [
  {
    title: 'runs anywhere',
    color: '#d9efe6',
    rooms: {
      core: ['images, geometry, alignment, metrics,', 'the ports, the pipeline'],
      onnx: ['reads, writes and', 'guards ONNX files'],
      models: ['packs; one folder for', 'each family of networks'],
    },
  },
  {
    title: 'in Node',
    color: '#e3ecf7',
    rooms: {
      convert: ['.dat files to ONNX, quantizing'],
      node: ['files, sharp, onnxruntime, threads'],
    },
  },
  {
    title: 'who is who',
    color: '#fbf0d9',
    rooms: {
      classify: ['classifiers,', 'label maps'],
      extras: ['metric learning,', 'pickles'],
      evaluate: ['protocols,', 'intervals, reports'],
      people: ['FaceRecognizer,', 'model folders'],
    },
  },
  {
    title: 'at work',
    color: '#f6e3ea',
    rooms: {
      dataset: ['folders,', 'pairs, splits'],
      cluster: ['groups of the', 'nameless'],
      pipeline: ['many files,', 'threads'],
      gallery: ['people', 'over a store'],
    },
  },
  {
    title: 'on and on',
    color: '#e6f0d8',
    rooms: {
      web: ['in a page: workers,', 'fetch, webcams'],
      jobs: ['long work', 'for workers'],
      watch: ['events,', 'triggers'],
      photos: ['photo', 'collections'],
      home: ['all cameras,', 'presence'],
    },
  },
  {
    title: 'doors',
    color: '#ebe6f5',
    rooms: {
      demo: ['npm run demo'],
      server: ['HTTP API, web page'],
      cli: ['face-trigger ...'],
      '*.ts': ['face-trigger and', 'its subpaths'],
    },
  },
];

/** What a face is on its way, and what makes the next thing of it. */
const WAY = [
  ['bytes', 'readImage'],
  ['Image', 'FaceDetector'],
  ['Detection', 'LandmarkDetector'],
  ['Landmarks', 'alignFace'],
  ['AlignedFace', 'FaceEmbedder'],
  ['Embedding', 'FaceNamer'],
  ['Identification'],
];

const WIDTH = 900;
const LEFT = 130;
const GAP = 10;
const FLOOR_HEIGHT = 76;
const WAY_HEIGHT = 92;

/** The drawing of the page about the architecture. */
export const ArchitectureDrawing = {
  path: join(ROOT, 'docs/images/architecture.svg'),
  script: 'scripts/docs-architecture.mjs',
  async render() {
    const drawn = FLOORS.flatMap(({ rooms }) => Object.keys(rooms));
    if (drawn.join() !== ROOMS.join()) {
      throw new Error(`${this.script} draws ${drawn.join()} and .dependency-cruiser.mjs has ${ROOMS.join()}`);
    }
    const height = WAY_HEIGHT + FLOORS.length * (FLOOR_HEIGHT + GAP) + 34;
    const floors = FLOORS.map((floor, i) =>
      drawFloor(floor, WAY_HEIGHT + (FLOORS.length - 1 - i) * (FLOOR_HEIGHT + GAP)),
    );
    const note = 'A room imports only from rooms below it, and from those on its left.';
    return [
      `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" font-family="system-ui, sans-serif" font-size="13" fill="#222" text-anchor="middle">`,
      '<defs><marker id="tip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0L8 4L0 8z" fill="#667"/></marker></defs>',
      `<rect width="${WIDTH}" height="${height}" fill="white"/>`,
      ...drawWay(),
      ...floors.flat(),
      text(note, { x: LEFT + (WIDTH - LEFT - GAP) / 2, y: height - 14, color: '#556' }),
      '</svg>\n',
    ].join('\n');
  },
};

function drawWay() {
  const step = (WIDTH - 2 * GAP) / WAY.length;
  const width = 94;
  return WAY.flatMap(([thing, maker], i) => {
    const left = GAP + i * step + (step - width) / 2;
    const arrow = `<path d="M${left + width + 2} 29H${left + step - 2}" stroke="#667" marker-end="url(#tip)"/>`;
    return [
      box({ left, top: 14, width, height: 30, color: '#f2f3f5' }),
      text(thing, { x: left + width / 2, y: 34 }),
      // Names of makers are longer than arrows: they stand below them, in two heights.
      ...(maker
        ? [
            arrow,
            text(maker, {
              x: left + width + (step - width) / 2,
              y: 62 + 16 * (i % 2),
              color: '#556',
              size: 12,
            }),
          ]
        : []),
    ];
  });
}

function drawFloor({ title, color, rooms }, top) {
  const entries = Object.entries(rooms);
  const width = (WIDTH - LEFT - GAP * entries.length) / entries.length;
  return [
    text(title, { x: LEFT - 12, y: top + FLOOR_HEIGHT / 2 + 4, color: '#556', anchor: 'end', size: 12 }),
    ...entries.flatMap(([name, lines], i) => {
      const left = LEFT + i * (width + GAP);
      const middle = FLOOR_HEIGHT / 2 + 4 - 8 * (lines.length - 1);
      return [
        box({ left, top, width, height: FLOOR_HEIGHT, color }),
        text(name, { x: left + width / 2, y: top + middle - 4, weight: 600, size: 15 }),
        ...lines.map((line, n) =>
          text(line, { x: left + width / 2, y: top + middle + 16 + 16 * n, size: 12 }),
        ),
      ];
    }),
  ];
}

function box({ left, top, width, height, color }) {
  return `<rect x="${round(left)}" y="${top}" width="${round(width)}" height="${height}" rx="6" fill="${color}" stroke="#8a94a0"/>`;
}

function text(content, { x, y, color, anchor, size, weight }) {
  const attributes = {
    x: round(x),
    y,
    fill: color,
    'text-anchor': anchor,
    'font-size': size,
    'font-weight': weight,
  };
  const written = Object.entries(attributes).flatMap(([name, value]) =>
    value ? [`${name}="${value}"`] : [],
  );
  return `<text ${written.join(' ')}>${content}</text>`;
}

function round(value) {
  return Math.round(value * 10) / 10;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  writeFileSync(ArchitectureDrawing.path, await ArchitectureDrawing.render());
}

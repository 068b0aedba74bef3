// The map of the house: a room imports only from rooms that stand before it. `npm run check -- rooms` holds it.
export const ROOMS = [
  'core', // images, geometry, landmarks, alignment, quality, metrics, the ports, the pipeline; runs anywhere
  'onnx', // reading, writing and guarding ONNX bytes; runs anywhere
  'models', // one folder a family of networks: its facts and its adapters
  'convert', // other programs' model files to ONNX
  'node', // what only Node has: files, sharp, onnxruntime, threads
  'classify', // classifiers and label maps
  'extras', // metric learning, pickles
  'evaluate', // protocols, intervals, reports
  'people', // FaceRecognizer, model folders
  'dataset', // folders of people, pairs, splits
  'cluster', // groups of faces whom nobody named; runs anywhere
  'pipeline', // Node's pipeline: model folders, pools of workers, files
  'gallery', // enrolled people over a store
  'web', // what only a browser has: `face-trigger/web`
  'jobs', // long work on a gallery, shared by workers: queues, kinds of jobs, workers
  'watch', // cameras, tracks, events, triggers
  'photos', // collections of photos: what is in them, groups, names, what other programs read
  'home', // one service for all cameras: what was seen and is kept, strangers, presence, what a home is told
  'demo',
  'server',
  'cli',
  '*.ts', // the doors for programs: index.ts is `face-trigger`, gallery.ts `face-trigger/gallery` ...
];

const room = (name) => (name === '*.ts' ? '^src/[^/]+[.]ts$' : `^src/${name}/`);
const ANYWHERE = ['core', 'onnx', 'models', 'cluster'].map(room);
const OUTDOORS = { path: '^src/', pathNot: ROOMS.map(room) };
/** What the web page may take from src/: these constants and helpers, which need nothing, and types. */
const PAGE_VALUES = [
  '^src/dataset/(describe-skipped|skipped-file|system-names)[.]ts$',
  '^src/node/image/picture-extensions[.]ts$',
  '^src/server/settings-limits[.]ts$',
  // What computes in the browser itself, and what that needs.
  '^src/web/((gallery/read-new-face|index|watch|face-pipeline|judge-faces|messages|model-cache|models-folder|picture|verify-faces|worker-client)[.]ts$|watch/)',
  '^src/gallery/(review-face|identify-in-gallery)[.]ts$',
  '^src/core/',
];
const PAGE_TYPES = ['^src/server/schemas/', '^src/server/(event-hub|api-key-scopes)[.]ts$'];
const OUTSIDE = ['core', 'npm', 'npm-dev', 'npm-optional', 'npm-peer', 'npm-no-pkg', 'npm-unknown'];

const rules = [
  ...ROOMS.slice(0, -1).map((name, index) => ({
    name: `${name} imports upwards`,
    from: { path: room(name) },
    to: { path: ROOMS.slice(index + 1).map(room) },
  })),
  // Files that import something, that are imported, and that do neither.
  ...[
    { from: OUTDOORS, to: {} },
    { from: {}, to: OUTDOORS },
    { from: { ...OUTDOORS, orphan: true }, to: {} },
  ].map((rule) => ({ name: 'every file stands in a room', ...rule })),
  {
    // zod is JavaScript alone: the schema of a pack is also its types, and a browser reads packs too.
    name: 'runs anywhere',
    from: { path: ANYWHERE },
    to: { dependencyTypes: OUTSIDE, pathNot: '^node_modules/zod/' },
  },
  {
    name: 'the core needs no package',
    from: { path: ['core', 'onnx', 'cluster'].map(room) },
    to: { path: 'node_modules' },
  },
  {
    name: 'one door to onnxruntime',
    from: { path: '^src/', pathNot: '^src/(node|web)/runtime/' },
    to: { path: 'onnxruntime' },
  },
  {
    // zod, as above, and types of onnxruntime.
    name: 'a browser has no Node and needs no package',
    from: { path: room('web') },
    to: { dependencyTypes: OUTSIDE, pathNot: ['^node_modules/zod/', 'node_modules/onnxruntime-common/'] },
  },
  {
    name: 'nothing of Node leans on the browser',
    from: { path: '^src/', pathNot: room('web') },
    to: { path: room('web') },
  },
  {
    name: 'SQL stays in its store',
    from: { path: '^src/', pathNot: '^src/(gallery/stores/sqlite|jobs/queue|node/sqlite)/' },
    to: { path: ['node_modules/libsql', '^src/node/sqlite/sqlite-connection'] },
  },
  {
    name: 'PostgreSQL stays in its store',
    from: { path: '^src/', pathNot: '^src/(gallery/stores/postgres|jobs/queue)/' },
    to: { path: 'node_modules/pg(-|/)' },
  },
  {
    name: 'HTTP answers stay in the server',
    from: { path: '^src/', pathNot: '^src/server/' },
    to: { path: 'node_modules/(fastify|@fastify/|helmet)' },
  },
  {
    name: 'grouping needs the core alone, and graphs to multiply by',
    from: { path: room('cluster') },
    to: { path: '^src/', pathNot: ['cluster', 'core', 'onnx'].map(room) },
  },
  {
    name: 'the page takes only constants that it may',
    from: { path: '^web/' },
    to: { path: '^src/', pathNot: PAGE_VALUES, dependencyTypesNot: ['type-only'] },
  },
  {
    name: 'the page takes only types of the API',
    from: { path: '^web/' },
    to: { path: '^src/', pathNot: [...PAGE_VALUES, ...PAGE_TYPES] },
  },
  {
    name: 'what the page takes needs nothing of a server',
    from: { path: PAGE_VALUES },
    to: { pathNot: PAGE_VALUES, dependencyTypesNot: ['type-only'] },
  },
  { name: 'nothing in src knows the page', from: { path: '^src/' }, to: { path: '^web/' } },
  { name: 'no circle', from: { path: '^(src|web)/' }, to: { circular: true } },
  // Who else may name a family, such as the registry of adapters, stands with the reason in test/family-facts.test.ts.
  {
    name: 'families are strangers to each other',
    from: { path: '^src/models/([^/]+)/' },
    to: { path: '^src/models/[^/]+/', pathNot: '^src/models/$1/' },
  },
];

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: rules.map((rule) => ({ severity: 'error', ...rule })),
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default'] },
  },
};

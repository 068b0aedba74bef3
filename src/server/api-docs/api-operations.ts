import type { ApiOperation } from './api-operation.ts';
import { HOME_OPERATIONS } from './home-operations.ts';
import { PHOTO_OPERATIONS } from './photo-operations.ts';

const ADA = {
  id: '3f0c2f6e-8a0e-4c1b-9d55-0a6f0c9d2b11',
  name: 'Ada',
  faces: 2,
  createdAt: '2026-11-27T09:30:00.000Z',
  expiresAt: null,
  consent: { text: 'Agreed in writing on 27 November', at: '2026-11-27T09:30:00.000Z' },
};
const BOB_ID = '90b1c1a2-54f7-4b6e-8a3e-6f2f8a1d7c22';
const FACE_ID = 'b7a3d0de-1c0b-4a52-8c1f-2d9b5a3e4f33';
const FACE = {
  id: FACE_ID,
  personId: ADA.id,
  embedder: {
    id: 'front-door-v1',
    sha256: '9d56ff962fb43b9b2c19b48cd6e5d2e6e5a54b9a2e2bd3c0a1f1d8cb3b4a5c6d',
  },
  quality: {
    faceCount: 1,
    eyeDistance: 62.4,
    sharpness: 0.41,
    brightness: 121,
    yaw: 3.2,
    pitch: -1.5,
    roll: 0.8,
  },
  source: 'party.jpg',
  hasThumbnail: true,
  createdAt: '2026-11-27T09:31:00.000Z',
};
const BOX = { left: 118, top: 96, width: 140, height: 140 };
const FOUND = {
  box: BOX,
  score: 1.06,
  landmarks: [
    [232.1, 138.9],
    [207.4, 140.2],
    [142.8, 141.6],
    [167.9, 141.1],
    [188.3, 180.7],
  ],
  quality: FACE.quality,
};
const SIZE = { width: 640, height: 480 };
const PICTURE = { ...SIZE, minFaceSize: 50 };
/** The start of a JPEG in base64. */
const BASE64 = '/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAMCAgMCAgMDAwMEAwME';
/** Real ones have as many numbers as the embedder gives. */
const EMBEDDING = [-0.0931, 0.0784, 0.0312, -0.0562];
const CANDIDATE = {
  person: { id: ADA.id, name: ADA.name },
  distance: 0.382,
  probability: 0.991,
  face: { id: FACE_ID, source: 'party.jpg' },
};
const NEGATIVE = {
  id: 'c1d8e5b4-77aa-4f0c-9a5e-1e2d3c4b5a44',
  personId: ADA.id,
  source: 'party.jpg',
  createdAt: '2026-11-27T09:33:00.000Z',
};
const JOB = {
  id: '5f6a7b8c-9d0e-4f1a-8b2c-3d4e5f6a7b66',
  kind: 'enroll',
  state: 'running',
  createdAt: '2026-11-27T10:00:00.000Z',
  startedAt: '2026-11-27T10:00:01.000Z',
  updatedAt: '2026-11-27T10:03:21.000Z',
  total: 1000,
  done: 400,
  failed: 2,
  outcomes: { added: 398, 'already-there': 2 },
  percent: 40,
  perSecond: 2.01,
  secondsLeft: 298,
  result: null,
};
const SETTINGS = { maxDistance: 0.48, retentionDays: 365 };
const KEY = {
  id: 'bb69b034c1dd',
  label: 'door',
  scopes: ['recognize'],
  createdAt: '2026-11-27T09:00:00.000Z',
  gallery: null,
};

/** By method and path below /api/v1, as OpenAPI writes them. */
export const API_OPERATIONS: Readonly<Record<string, ApiOperation>> = {
  ...HOME_OPERATIONS,
  ...PHOTO_OPERATIONS,
  'POST /detect': { id: 'detectFaces', body: { image: BASE64 }, answer: { ...PICTURE, faces: [FOUND] } },
  'POST /embed': {
    id: 'embedFaces',
    body: { image: BASE64 },
    answer: { ...PICTURE, faces: [{ ...FOUND, embedding: EMBEDDING }] },
  },
  'POST /verify': {
    id: 'verifyFaces',
    body: { image1: BASE64, image2: BASE64 },
    answer: { same: true, distance: 0.382, probability: 0.991, maxDistance: 0.5 },
  },
  'POST /recognize': {
    id: 'recognizeFaces',
    body: { image: BASE64 },
    answer: {
      ...PICTURE,
      faces: [{ ...FOUND, candidates: [CANDIDATE] }],
      maxDistance: 0.48,
      minProbability: 0.5,
    },
  },
  'POST /liveness/challenges': {
    id: 'askTurnOfHead',
    answer: {
      nonce: 'kX3mB0vTqJ9sYw1uRz7cLh4dNf2aEg5P',
      directions: ['left', 'right', 'right', 'left'],
      expiresAt: '2026-11-27T16:00:30.000Z',
    },
  },
  'POST /liveness/challenges/{nonce}/frames': {
    id: 'showTurnOfHead',
    body: { image: BASE64 },
    answer: { state: 'going', done: 1, of: 8, wanted: 'left', hint: null, ...SIZE, box: BOX },
  },
  'POST /search': {
    id: 'searchEmbedding',
    body: { embedding: EMBEDDING, limit: 3 },
    answer: { candidates: [CANDIDATE] },
  },
  'GET /people': { id: 'listPeople', answer: { items: [ADA], nextCursor: null } },
  'POST /people': { id: 'createPerson', body: { name: 'Ada' }, answer: { ...ADA, faces: 0, consent: null } },
  'GET /people/{id}': { id: 'getPerson', answer: ADA },
  'PATCH /people/{id}': {
    id: 'updatePerson',
    body: { name: 'Ada Lovelace', expiresAt: '2027-11-27T00:00:00.000Z' },
    answer: { ...ADA, name: 'Ada Lovelace', expiresAt: '2027-11-27T00:00:00.000Z' },
  },
  'DELETE /people/{id}': { id: 'deletePerson', answer: { deletedFaces: 2 } },
  'POST /people/{id}/merge': {
    id: 'mergePerson',
    body: { into: ADA.id },
    answer: { id: BOB_ID, person: { ...ADA, faces: 5 }, movedFaces: 3 },
  },
  'POST /merges/{id}/undo': { id: 'undoMerge', answer: { ...ADA, id: BOB_ID, name: 'Bob' } },
  'GET /people/{id}/faces': { id: 'listFaces', answer: { items: [FACE], nextCursor: null } },
  'POST /people/{id}/faces': {
    id: 'enrollFace',
    body: { image: BASE64 },
    answer: { face: FACE, alreadyThere: false, flags: [], nearerPerson: null },
  },
  'POST /faces': {
    id: 'enrollFaceByName',
    body: { image: BASE64 },
    answer: { person: ADA, created: true, face: FACE, alreadyThere: false, flags: [], nearerPerson: null },
  },
  'POST /faces/embedded': {
    id: 'enrollEmbedding',
    body: { name: 'Ada', embedding: EMBEDDING, embedder: FACE.embedder, quality: FACE.quality },
    answer: { person: ADA, created: true, face: FACE, alreadyThere: false, flags: [], nearerPerson: null },
  },
  'GET /export': { id: 'exportGallery' },
  'GET /people/{id}/thumbnail': { id: 'getPersonThumbnail' },
  'GET /faces/{id}/thumbnail': { id: 'getFaceThumbnail' },
  'DELETE /faces/{id}': { id: 'deleteFace' },
  'GET /people/{id}/negatives': { id: 'listNegatives', answer: { items: [NEGATIVE], nextCursor: null } },
  'POST /people/{id}/negatives': {
    id: 'addNegative',
    body: { embedding: EMBEDDING, source: 'party.jpg' },
    answer: NEGATIVE,
  },
  'DELETE /negatives/{id}': { id: 'deleteNegative' },
  'POST /review': {
    id: 'reviewPhoto',
    body: { image: BASE64 },
    answer: {
      ...SIZE,
      accepted: true,
      reasons: [{ code: 'pose', message: 'the head is turned away' }],
      faces: [{ box: BOX, score: 1.06 }],
    },
  },
  'GET /evaluation': {
    id: 'evaluateGallery',
    answer: {
      faces: 120,
      tried: 120,
      ownSearches: 118,
      maxDistance: 0.48,
      confidence: 0.95,
      equalError: { rate: 0.008, maxDistance: 0.49 },
      auc: 0.9991,
      thresholds: [
        {
          maxDistance: 0.48,
          falseMatches: { rate: 0.004, count: 1, trials: 240, low: 0.0001, high: 0.023 },
          misses: { rate: 0.008, count: 1, trials: 118, low: 0.0002, high: 0.046 },
        },
      ],
      histogram: [{ from: 0.3, own: 41, strangers: 0 }],
      binWidth: 0.02,
      range: 1.1,
      nearestStrangers: [],
      farthestOwn: [],
    },
  },
  'POST /jobs': {
    id: 'addJob',
    body: { kind: 'enroll', photos: [{ url: 'https://bucket.example/Ada/1.jpg', person: 'Ada' }] },
    answer: { ...JOB, state: 'waiting', startedAt: null, updatedAt: null, done: 0, failed: 0, percent: 0 },
  },
  'GET /jobs': { id: 'listJobs', answer: { items: [JOB] } },
  'GET /jobs/failures': {
    id: 'listFailures',
    answer: {
      items: [
        {
          id: 'd2b7e4a8-5c1d-4f3e-9b6a-7c8d9e0f1a55',
          jobId: JOB.id,
          what: 'https://bucket.example/Ada/2.jpg',
          code: 'ERR_UNSUITABLE_FACE',
          message: 'No face was found in the photo',
          failedAt: '2026-11-27T10:02:00.000Z',
          tries: 1,
        },
      ],
    },
  },
  'GET /jobs/{id}': { id: 'getJob', answer: JOB },
  'POST /jobs/{id}/cancel': { id: 'cancelJob', answer: { ...JOB, state: 'canceled' } },
  'POST /jobs/{id}/retry': { id: 'retryJob', answer: { putBack: 2 } },
  'DELETE /jobs/{id}': { id: 'deleteJob' },
  'GET /health': { id: 'getHealth', answer: { status: 'ok' } },
  'GET /ready': { id: 'getReadiness', answer: { status: 'ready' } },
  'GET /stats': { id: 'getStats' },
  'GET /metrics': { id: 'getMetrics' },
  'GET /events': { id: 'streamEvents' },
  'GET /session': {
    id: 'getSession',
    answer: {
      version: '0.1.0',
      gallery: 'default',
      galleries: false,
      keysNeeded: true,
      keyId: KEY.id,
      scopes: KEY.scopes,
      keepsThumbnails: true,
      maxDistance: 0.48,
      metric: 'euclidean',
      range: 1.1,
      embedder: FACE.embedder,
      inBrowser: 'int8',
      home: null,
      photos: false,
      limits: { maxUploadBytes: 10_000_000, maxPixels: 30_000_000, requestsPerMinute: 600 },
    },
  },
  'GET /settings': { id: 'getSettings', answer: SETTINGS },
  'PATCH /settings': {
    id: 'updateSettings',
    body: { maxDistance: 0.45 },
    answer: { ...SETTINGS, maxDistance: 0.45 },
  },
  'GET /keys': { id: 'listKeys', answer: { items: [KEY] } },
  'POST /keys': {
    id: 'createKey',
    body: { label: 'door', scopes: ['recognize'] },
    answer: { key: KEY, secret: 'ft_bb69b034c1dd_...' },
  },
  'DELETE /keys/{id}': { id: 'deleteKey' },
  'GET /galleries': {
    id: 'listGalleries',
    answer: {
      items: [{ name: 'default', people: 2, faces: 7, embedder: 'mobilefacenet-192', problem: null }],
    },
  },
  'POST /galleries': { id: 'createGallery', body: { name: 'hall' }, answer: { name: 'hall' } },
  'DELETE /galleries/{name}': { id: 'deleteGallery' },
};

import type { ApiOperation } from './api-operation.ts';

const ADA = { id: '3f0c2f6e-8a0e-4c1b-9d55-0a6f0c9d2b11', name: 'Ada' };
const STRANGER = 'stranger-7f3a2c';
const APPEARANCE_ID = '6d1c2b3a-4e5f-4a6b-8c7d-9e0f1a2b3c77';
const TIME = '2026-11-27T18:04:12.000Z';
const LATER = '2026-11-27T18:04:31.000Z';
const BOX = { left: 512, top: 188, width: 140, height: 140 };
const CAMERA = {
  name: 'door',
  place: 'house',
  state: 'up',
  since: '2026-11-27T09:00:00.000Z',
  reason: null,
  fps: 5,
  frame: { width: 1280, height: 720 },
  faces: [{ track: 12, box: BOX, label: 'Ada', stranger: null, probability: 0.991 }],
};
const FACE = { id: 'a1b2c3d4-e5f6-4a7b-8c9d-0e1f2a3b4c88', takenAt: TIME, quality: 0.81, hasPicture: true };
const APPEARANCE = {
  id: APPEARANCE_ID,
  camera: 'door',
  place: 'house',
  zones: ['steps'],
  track: 12,
  startedAt: TIME,
  lastSeenAt: LATER,
  endedAt: LATER,
  person: ADA,
  stranger: null,
  ignored: false,
  decidedBy: null,
  spoof: false,
  probability: 0.991,
  distance: 0.382,
  minProbability: 0.5,
  maxDistance: 0.48,
  candidates: [{ ...ADA, probability: 0.991, distance: 0.382 }],
  quality: 0.81,
  model: 'front-door-v1',
  galleryRevision: '42',
  cutOff: false,
  faces: [FACE],
};
const DECISION = {
  id: 'e7f8a9b0-c1d2-4e3f-9a4b-5c6d7e8f9a99',
  at: LATER,
  kind: 'name',
  automatic: false,
  undoneAt: null,
  personId: ADA.id,
  appearanceIds: [APPEARANCE_ID],
  strangerIds: [],
};
const NAMED = { ...DECISION, person: ADA, created: false, enrolledFaceIds: [FACE.id], leftOut: [] };
const SOMEBODY = {
  id: STRANGER,
  firstSeenAt: '2026-11-20T08:01:00.000Z',
  lastSeenAt: LATER,
  appearances: 9,
  cameras: ['door', 'garden'],
  ignored: false,
  faces: [{ ...FACE, appearanceId: APPEARANCE_ID }],
  suggestion: null,
};
const OF_STRANGER = { ...DECISION, personId: null, appearanceIds: [], strangerIds: [STRANGER] };
const ENROLLMENT = {
  id: '0b1c2d3e-4f50-4a61-8b72-9c83ad94be10',
  camera: 'door',
  name: 'Ada',
  state: 'going',
  wanted: 'left',
  done: 1,
  of: 4,
  hint: 'go on',
  startedAt: TIME,
  endsAt: '2026-11-27T18:05:12.000Z',
  message: null,
  result: null,
};
const VISIT = {
  id: '1c2d3e4f-5061-4b72-8c83-9d94aea5bf21',
  place: 'house',
  camera: 'door',
  since: TIME,
  lastSeen: LATER,
  inView: true,
  label: 'Ada',
  personId: ADA.id,
  stranger: null,
  ignored: false,
  appearance: APPEARANCE_ID,
};

/** Those of a home, as `API_OPERATIONS`. */
export const HOME_OPERATIONS: Readonly<Record<string, ApiOperation>> = {
  'GET /cameras': { id: 'listCameras', answer: { items: [CAMERA] } },
  'GET /cameras/live': { id: 'streamCameras' },
  'GET /cameras/{name}/live': { id: 'streamCamera' },
  'GET /cameras/{name}/picture.jpg': { id: 'getCameraPicture' },
  'POST /cameras/{name}/enrollments': {
    id: 'enrollBeforeCamera',
    body: { name: 'Ada' },
    answer: { ...ENROLLMENT, wanted: 'ahead', done: 0, hint: null },
  },
  'GET /enrollments': { id: 'listEnrollments', answer: { items: [ENROLLMENT] } },
  'GET /enrollments/{id}': { id: 'getEnrollment', answer: ENROLLMENT },
  'POST /enrollments/{id}/cancel': {
    id: 'cancelEnrollment',
    answer: {
      ...ENROLLMENT,
      state: 'canceled',
      wanted: null,
      hint: null,
      message: 'Canceled: nobody was enrolled',
    },
  },
  'POST /enrollments/{id}/undo': {
    id: 'undoEnrollment',
    answer: {
      ...ENROLLMENT,
      ...{ state: 'done', wanted: null, done: 4, hint: null, message: 'Undone: the faces were deleted' },
      result: {
        ...{ personId: ADA.id, created: false, kept: [{ step: 'ahead', faceId: FACE.id }] },
        ...{ refused: [], nearerPerson: null, undone: true },
      },
    },
  },
  'GET /presence': {
    id: 'getPresence',
    answer: { places: [{ place: 'house', cameras: ['door'], visits: [VISIT] }], gone: [] },
  },
  'GET /appearances': { id: 'listAppearances', answer: { items: [APPEARANCE], nextCursor: null } },
  'GET /appearances/{id}': { id: 'getAppearance', answer: APPEARANCE },
  'DELETE /appearances/{id}': { id: 'deleteAppearance', answer: { ...DECISION, kind: 'delete' } },
  'GET /appearances/{id}/pictures/{picture}': { id: 'getAppearancePicture' },
  'POST /appearances/{id}/name': { id: 'nameAppearance', body: { name: 'Ada' }, answer: NAMED },
  'POST /appearances/{id}/not': {
    id: 'denyAppearance',
    body: { personId: ADA.id },
    answer: { ...DECISION, kind: 'not-person' },
  },
  'POST /appearances/{id}/ignore': { id: 'ignoreAppearance', answer: { ...DECISION, kind: 'ignore' } },
  'GET /decisions': { id: 'listDecisions', answer: { items: [DECISION] } },
  'POST /decisions/{id}/undo': { id: 'undoDecision', answer: { ...DECISION, undoneAt: LATER } },
  'GET /strangers': { id: 'listStrangers', answer: { items: [SOMEBODY], nextCursor: null } },
  'GET /strangers/{id}': { id: 'getStranger', answer: SOMEBODY },
  'DELETE /strangers/{id}': { id: 'deleteStranger', answer: { ...OF_STRANGER, kind: 'delete-stranger' } },
  'POST /strangers/{id}/name': {
    id: 'nameStranger',
    body: { name: 'Ada' },
    answer: { ...NAMED, kind: 'name-stranger', strangerIds: [STRANGER] },
  },
  'POST /strangers/{id}/merge': {
    id: 'mergeStrangers',
    body: { into: 'stranger-19bd04' },
    answer: { ...OF_STRANGER, kind: 'merge-strangers' },
  },
  'POST /strangers/{id}/split': {
    id: 'splitStranger',
    body: { appearances: [APPEARANCE_ID] },
    answer: { ...OF_STRANGER, kind: 'split-stranger', strangerId: 'stranger-c41e88' },
  },
  'POST /strangers/{id}/ignored': {
    id: 'ignoreStranger',
    body: { ignored: true },
    answer: { ...OF_STRANGER, kind: 'ignore-stranger' },
  },
  'GET /ignored': { id: 'listIgnored', answer: { people: [ADA], strangers: [] } },
  'POST /people/{id}/ignored': {
    id: 'ignorePerson',
    body: { ignored: true },
    answer: { ...DECISION, kind: 'ignore-person', appearanceIds: [] },
  },
};

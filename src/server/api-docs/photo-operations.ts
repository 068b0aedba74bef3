import type { ApiOperation } from './api-operation.ts';

const ADA = { id: '3f0c2f6e-8a0e-4c1b-9d55-0a6f0c9d2b11', name: 'Ada' };
const BOB = { id: '90b1c1a2-54f7-4b6e-8a3e-6f2f8a1d7c22', name: 'Bob' };
const PHOTO_ID = '5e6f7a8b-9c0d-4e1f-8a2b-3c4d5e6f7a80';
const GROUP = '17';
const TIME = '2026-11-27T18:04:12.000Z';
const FACE = {
  id: 'a1b2c3d4-e5f6-4a7b-8c9d-0e1f2a3b4c88',
  photoId: PHOTO_ID,
  frameMs: null,
  box: { left: 512, top: 188, width: 140, height: 140 },
  quality: 0.81,
  hasThumbnail: true,
  person: null,
  ignored: false,
  group: GROUP,
};
const OF_ADA = { ...FACE, id: 'b2c3d4e5-f6a7-4b8c-9d0e-1f2a3b4c5d99', person: ADA, group: '3' };
const EVIDENCE = [{ faceId: FACE.id, namedFaceId: OF_ADA.id, enrolledFaceId: null, distance: 0.31 }];
const PHOTO = {
  id: PHOTO_ID,
  kind: 'picture',
  width: 4032,
  height: 3024,
  durationMs: null,
  takenAt: '2024-12-24T18:30:00.000Z',
  faces: 2,
  paths: ['/home/ada/Pictures/2024/christmas.jpg'],
};
const DECISION = {
  id: 'e7f8a9b0-c1d2-4e3f-9a4b-5c6d7e8f9a99',
  at: TIME,
  kind: 'name',
  person: ADA,
  faces: 24,
  undoneAt: null,
};

/** Those of photos, as `API_OPERATIONS`. */
export const PHOTO_OPERATIONS: Readonly<Record<string, ApiOperation>> = {
  'GET /photos/stats': {
    id: 'getPhotoStats',
    answer: {
      ...{ photos: 500, files: 512, hidden: 0, films: 3, failures: 1 },
      ...{ faces: 731, named: 640, ignored: 12, alone: 33, namelessGroups: 14 },
      grouping: 'current',
    },
  },
  'GET /photos/questions': {
    id: 'listPhotoQuestions',
    answer: {
      items: [
        {
          ...{ group: GROUP, faces: 24, photos: 22, confidence: 0.98, best: [FACE] },
          suggestions: [{ person: ADA, confidence: 0.93, evidence: EVIDENCE }],
        },
      ],
      ...{ left: 14, alone: 33, grouping: 'current' },
      reviews: [{ person: ADA, items: 40, faces: 52 }],
    },
  },
  'GET /photos/groups/{group}/faces': { id: 'listFacesOfGroup', answer: { items: [FACE] } },
  'GET /photos/alone': {
    id: 'listFacesAlone',
    answer: { items: [{ ...FACE, group: null }], nextCursor: null },
  },
  'GET /photos/people': {
    id: 'listPeopleInPhotos',
    answer: {
      items: [
        {
          ...{ person: ADA, faces: 212, photos: 205, firstTakenAt: '2019-07-01T12:00:00.000Z' },
          ...{ lastTakenAt: PHOTO.takenAt, best: OF_ADA },
        },
      ],
    },
  },
  'GET /photos/people/{id}': {
    id: 'getPersonInPhotos',
    answer: {
      ...{ person: ADA, photos: 205, faces: 212, best: [OF_ADA], undated: 5, toReview: 40 },
      years: [
        { year: 2019, photos: 80 },
        { year: 2024, photos: 120 },
      ],
      beside: [{ person: BOB, photos: 61 }],
    },
  },
  'GET /photos/people/{id}/faces': {
    id: 'listFacesInPhotos',
    answer: { items: [OF_ADA], nextCursor: '4711' },
  },
  'GET /photos/people/{id}/suggestions': {
    id: 'listPhotoSuggestions',
    answer: {
      ...{ person: ADA, best: [OF_ADA] },
      items: [
        {
          ...{ group: GROUP, faces: 1, faceIds: [FACE.id], best: [FACE] },
          ...{ confidence: 0.93, evidence: EVIDENCE },
        },
      ],
    },
  },
  'POST /photos/name': {
    id: 'nameFaces',
    body: { group: GROUP, name: 'Ada' },
    answer: { ...DECISION, created: true, enrolled: 12 },
  },
  'POST /photos/not': {
    id: 'denyFaces',
    body: { faces: [FACE.id], personId: ADA.id },
    answer: { ...DECISION, kind: 'not-person', faces: 1 },
  },
  'POST /photos/ignore': {
    id: 'ignoreFaces',
    body: { faces: [FACE.id] },
    answer: { ...DECISION, kind: 'ignore', person: null, faces: 1 },
  },
  'POST /photos/merge': {
    id: 'mergePhotoGroups',
    body: { groups: [GROUP, '21'] },
    answer: { ...DECISION, kind: 'merge', person: null, faces: 30 },
  },
  'POST /photos/split': {
    id: 'splitPhotoGroup',
    body: { group: GROUP, faces: [FACE.id] },
    answer: { ...DECISION, kind: 'split', person: null, faces: 1 },
  },
  'GET /photos/decisions': { id: 'listPhotoDecisions', answer: { items: [DECISION] } },
  'POST /photos/decisions/{id}/undo': {
    id: 'undoPhotoDecision',
    answer: { ...DECISION, undoneAt: TIME },
  },
  'GET /photos': { id: 'listPhotos', answer: { items: [PHOTO], total: 205 } },
  'GET /photos/{id}': { id: 'getPhoto', answer: { ...PHOTO, shown: [FACE, OF_ADA] } },
  'GET /photos/{id}/picture': { id: 'getPhotoPicture' },
  'GET /photos/faces/{id}/thumbnail': { id: 'getPhotoFaceThumbnail' },
  'GET /photos/thumbnails': {
    id: 'getPhotoFaceThumbnails',
    answer: { items: [{ id: FACE.id, jpeg: '/9j/4AAQSkZJRg...' }] },
  },
};

// `face-trigger/web/gallery`: people in the page: who is enrolled, who a face is, kept in the browser.
/// <reference lib="dom" preserve="true" />
/// <reference lib="esnext.disposable" preserve="true" />
export type { Identification } from '../core/identify/identification.ts';
export { Gallery } from '../gallery/gallery.ts';
export type {
  AddFacesOptions,
  Enrolled,
  GalleryMatch,
  GalleryRecord,
  NewFace,
  NewPerson,
  Person,
  SearchOptions,
} from '../gallery/gallery-types.ts';
export { identifyInGallery } from '../gallery/identify-in-gallery.ts';
export { type ReviewLevel, reviewFace } from '../gallery/review-face.ts';
export {
  forgetGallery,
  GALLERY_DATABASE,
  type KeptGalleryOptions,
  keepGallery,
  keptRecords,
} from './gallery/kept-gallery.ts';
export { type OpenGalleryOptions, openGallery } from './gallery/open-gallery.ts';
export { type ReadNewFaceOptions, readNewFace } from './gallery/read-new-face.ts';
export type { RecordSource } from './gallery/read-records.ts';

// `face-trigger/import`: other programs' files: pickles, NumPy arrays, dlib's models.
/// <reference lib="esnext.disposable" preserve="true" />
export { type ConvertedModel, convertModel } from './convert/convert-model.ts';
export { decodeNpy, encodeNpy, type NpyMatrix, stackEmbeddings } from './core/embed/npy.ts';
export { exportLegacyClassifier } from './extras/pickle/export-legacy-classifier.ts';
export { type LegacyClassifier, readLegacyClassifier } from './extras/pickle/legacy-classifier.ts';
export { type LegacyPerson, readLegacyEncodings } from './extras/pickle/legacy-encodings.ts';
export { readLegacyLabelMap } from './extras/pickle/legacy-label-map.ts';
export type { ModelKind } from './models/model-pack.ts';

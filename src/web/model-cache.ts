/** Name of the browser's cache that models are kept in. */
export const MODEL_CACHE = 'face-trigger-models';

/** Removes all models that are kept in this browser for this origin. */
export async function forgetModels(): Promise<void> {
  await caches.delete(MODEL_CACHE);
}

import type { PhotoLibrary } from '../../src/photos/photo-library.ts';
import { type ScanResult, scanPhotos } from '../../src/photos/scan/scan-photos.ts';
import { FacePipeline } from '../../src/pipeline/face-pipeline.ts';

/** Scans a folder as `face-trigger photos scan` does. */
export async function scanFolder(
  library: Pick<PhotoLibrary, 'gallery' | 'store'>,
  folder: string,
): Promise<ScanResult> {
  const pipeline = await FacePipeline.create({ detection: 'fast', threads: 1 });
  try {
    return await scanPhotos(library as PhotoLibrary, [folder], {
      analyze: (image, settings) => pipeline.analyze(image, settings),
      profile: pipeline.embedder.profile,
    });
  } finally {
    await pipeline.dispose();
  }
}

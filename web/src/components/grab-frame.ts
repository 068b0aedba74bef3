/** Faces are found in pictures of this width as well as in larger ones, and they travel faster. */
const MOST_WIDTH = 640;
const JPEG_QUALITY = 0.85;

/**
 * Takes a picture from a playing video.
 *
 * @param options.mostWidth - wider frames are made smaller. @defaultValue 640
 * @returns a JPEG; `null` where the video shows nothing yet
 */
export async function grabFrame(
  video: HTMLVideoElement,
  { mostWidth = MOST_WIDTH }: { readonly mostWidth?: number | undefined } = {},
): Promise<Blob | null> {
  if (video.videoWidth === 0) return null;
  const scale = Math.min(1, mostWidth / video.videoWidth);
  const canvas = document.createElement('canvas');
  canvas.width = Math.round(video.videoWidth * scale);
  canvas.height = Math.round(video.videoHeight * scale);
  canvas.getContext('2d')?.drawImage(video, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve) => canvas.toBlob(resolve, 'image/jpeg', JPEG_QUALITY));
}

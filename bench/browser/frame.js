/** The frame, as a canvas that was drawn once: what a page has of a video. */
export async function readFrame() {
  const bytes = new Uint8ClampedArray(await (await fetch('/frame.rgba')).arrayBuffer());
  const canvas = document.createElement('canvas');
  Object.assign(canvas, { width: 640, height: 480 });
  const context = canvas.getContext('2d', { willReadFrequently: true });
  context.putImageData(new ImageData(bytes, 640, 480), 0, 0);
  return canvas;
}

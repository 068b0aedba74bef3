import { useCallback, useEffect, useRef, useState } from 'preact/hooks';

/** A camera of this device. */
export interface Webcam {
  readonly state: 'off' | 'starting' | 'on';
  readonly error: Error | null;
  /** Size of its picture; 0 until it is on. */
  readonly width: number;
  readonly height: number;
  readonly cameras: readonly { readonly id: string; readonly label: string }[];
  readonly video: { current: HTMLVideoElement | null };
  start(cameraId?: string): void;
  stop(): void;
}

/** Turns the camera on and off; off when the component goes. */
export function useWebcam(): Webcam {
  const video = useRef<HTMLVideoElement | null>(null);
  const stream = useRef<MediaStream | null>(null);
  const [state, setState] = useState<Webcam['state']>('off');
  const [error, setError] = useState<Error | null>(null);
  const [size, setSize] = useState({ width: 0, height: 0 });
  const [cameras, setCameras] = useState<Webcam['cameras']>([]);

  const stop = useCallback(() => {
    for (const track of stream.current?.getTracks() ?? []) track.stop();
    stream.current = null;
    if (video.current) video.current.srcObject = null;
    setState('off');
  }, []);
  const start = useCallback((cameraId?: string) => {
    stop();
    setState('starting');
    setError(null);
    open(cameraId)
      .then(async (opened) => {
        const element = video.current;
        if (element === null) {
          for (const track of opened.getTracks()) track.stop();
          return;
        }
        stream.current = opened;
        element.srcObject = opened;
        await element.play();
        setSize({ width: element.videoWidth, height: element.videoHeight });
        setState('on');
        setCameras(await listCameras());
      })
      .catch((cause: unknown) => {
        stop();
        setError(explain(cause));
      });
  }, []);
  useEffect(() => stop, []);
  return { state, error, ...size, cameras, video, start, stop };
}

async function open(cameraId?: string): Promise<MediaStream> {
  const video = {
    width: { ideal: 640 },
    height: { ideal: 480 },
    ...(cameraId && { deviceId: { exact: cameraId } }),
  };
  return navigator.mediaDevices.getUserMedia({ video, audio: false });
}

async function listCameras(): Promise<Webcam['cameras']> {
  const devices = await navigator.mediaDevices.enumerateDevices();
  return devices
    .filter(({ kind }) => kind === 'videoinput')
    .map(({ deviceId, label }, i) => ({ id: deviceId, label: label || `Camera ${i + 1}` }));
}

function explain(cause: unknown): Error {
  // Browsers give cameras to pages of this machine or of https only.
  if (navigator.mediaDevices === undefined) {
    return new Error(
      'Browsers give cameras only to https pages and to 127.0.0.1. Put a proxy with TLS in front of the server.',
    );
  }
  const name = cause instanceof Error ? cause.name : '';
  if (name === 'NotAllowedError') {
    return new Error(
      'The browser was not allowed to use the camera. Allow it at the address bar and try again.',
    );
  }
  if (name === 'NotFoundError') return new Error('No camera was found. Connect one and try again.');
  if (name === 'NotReadableError')
    return new Error('Another program uses the camera. Close it and try again.');
  return cause instanceof Error ? cause : new Error(String(cause));
}

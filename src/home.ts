// `face-trigger/home`: one service for all cameras of a home, as `face-trigger run` starts it.
/// <reference lib="esnext.disposable" preserve="true" />
export type { CameraStatus, CameraView } from './home/cameras/camera-view.ts';
export type { CameraConfig, ZoneConfig } from './home/config/camera-schema.ts';
export type { HomeConfig } from './home/config/home-config.ts';
export { type ReadHomeConfig, readHomeConfig } from './home/config/read-home-config.ts';
export type { ServerConfig } from './home/config/server-schema.ts';
export { Home, type HomeOptions } from './home/home.ts';
export type { ServedHome, ServedPresence, ServedVisit } from './home/served-home.ts';

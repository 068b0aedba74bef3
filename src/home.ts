// `face-trigger/home`: one service for all cameras of a home, as `face-trigger run` starts it.
/// <reference lib="esnext.disposable" preserve="true" />
export type { DecisionKind } from './gallery/stores/appearances/appearance-store.ts';
export type {
  Appearance,
  AppearanceBook,
  AppearanceFace,
  AppearanceFilter,
  AppearancePerson,
  Decision,
  LeftOutFace,
  NamingDecision,
  WhoItIs,
} from './home/appearances/appearance-types.ts';
export type { CameraStatus, CameraView } from './home/cameras/camera-view.ts';
export type { CameraConfig, ZoneConfig } from './home/config/camera-schema.ts';
export type { HomeConfig } from './home/config/home-config.ts';
export { type ReadHomeConfig, readHomeConfig } from './home/config/read-home-config.ts';
export type { ServerConfig } from './home/config/server-schema.ts';
export type { DoorEnrollment } from './home/enrollment/door-enrollment.ts';
export type { EnrollmentProgress, EnrollmentResult } from './home/enrollment/enrollment-progress.ts';
export type { EnrollmentHint } from './home/enrollment/pose-collector.ts';
export type { PoseStep } from './home/enrollment/pose-steps.ts';
export type { DoorFace } from './home/enrollment/read-door-face.ts';
export { Home, type HomeOptions, type HomeSettings } from './home/home.ts';
export type { Presence } from './home/presence/presence.ts';
export type { PresenceSnapshot } from './home/presence/presence-snapshot.ts';
export type { Visit } from './home/presence/visit.ts';
export type { Visitor } from './home/presence/visitor.ts';
export type { ServedHome, ServedPresence, ServedVisit } from './home/served-home.ts';
export type { Stranger, StrangerInbox } from './home/strangers/stranger-types.ts';

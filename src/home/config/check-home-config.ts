import { stat } from 'node:fs/promises';
import { createSource } from '../../watch/source/create-source.ts';
import { type ActionFinding, checkActions } from '../../watch/triggers/check-actions.ts';
import { unknownWheres } from '../../watch/triggers/home-conditions.ts';
import { TriggerRunner } from '../../watch/triggers/trigger-runner.ts';
import type { ReadHomeConfig } from './read-home-config.ts';
import { fromEnvironment } from './text-schema.ts';

/**
 * Tries what a configuration needs of this machine, without opening cameras or doing actions.
 *
 * @returns in the order of the file
 */
export async function checkHomeConfig(config: ReadHomeConfig): Promise<readonly ActionFinding[]> {
  const findings: ActionFinding[] = [];
  for (const [name, camera] of Object.entries(config.cameras)) {
    for (const stream of ['url', 'detectUrl'] as const) {
      const address = camera[stream];
      const message = address === undefined ? null : await cameraMistake(address);
      if (message !== null)
        findings.push({ ...message, message: `cameras.${name}.${stream}: ${message.message}` });
    }
  }
  if (config.snapshots !== undefined) {
    const kind = await stat(config.snapshots).catch(() => null);
    if (kind && !kind.isDirectory()) findings.push({ fatal: true, message: 'snapshots: this is no folder' });
  }
  if (Object.keys(config.cameras).length === 0 && config.frigate === undefined) {
    findings.push({ fatal: false, message: 'cameras: there are none, so nothing is watched' });
  }
  if (config.snapshots === undefined && config.keep.pictureDays === 0) findings.push(...pictureless(config));
  const { triggers } = config;
  if (triggers === null) return findings;
  const wheres = unknownWheres(triggers, wheresOf(config)).map((message) => ({ fatal: false, message }));
  return [...findings, ...(await checkActions(triggers)), ...wheres];
}

/** Places and zones that cameras have; zones of Frigate's cameras stand in its own file, and any may be meant. */
function wheresOf({ cameras, frigate, triggers }: ReadHomeConfig) {
  const own = Object.values(cameras);
  const places = [...own.map(({ place }) => place), ...(frigate ? [frigate.place] : [])];
  const foreign = frigate ? (triggers?.triggers.flatMap(({ when }) => when.zone ?? []) ?? []) : [];
  return { places, zones: [...own.flatMap(({ zones }) => Object.keys(zones)), ...foreign] };
}

/** Parts that would tell pictures, if any were kept. */
function pictureless({ homeAssistant, doubleTake, triggers }: ReadHomeConfig): ActionFinding[] {
  const parts = [
    homeAssistant && 'homeAssistant',
    doubleTake?.base64 && 'doubleTake.base64',
    triggers && TriggerRunner.needsSnapshots(triggers) && 'triggers',
  ].filter((part) => typeof part === 'string');
  return parts.map((part) => ({
    fatal: false,
    message: `${part}: there are no pictures to tell: keep.pictureDays is 0, and there is no folder for snapshots`,
  }));
}

async function cameraMistake(address: string): Promise<ActionFinding | null> {
  const found = fromEnvironment(address);
  // It may be set where the service runs.
  if ('missing' in found) return { fatal: false, message: `The variable ${found.missing} is not set` };
  try {
    // Nothing is opened by that.
    await createSource(address);
    return null;
  } catch (error) {
    return { fatal: true, message: (error as Error).message };
  }
}

import type { Command } from 'commander';
import { FaceTriggerError } from '../../core/errors.ts';
import { readSourceName, type SourceKind } from '../../watch/source/source-kind.ts';
import { refuseAllBut, refuseUnused } from '../options/refuse-unused.ts';
import type { WatchCommandOptions } from './run-watch.ts';

/** Which options about the source concern which kind. */
const OF_SOURCES: Readonly<Record<string, readonly SourceKind[]>> = {
  size: ['raw frames', 'camera'],
  pixelFormat: ['raw frames'],
  fps: ['raw frames', 'video file', 'HTTP address'],
  maxWidth: ['video file', 'camera', 'stream', 'HTTP address'],
  stallSeconds: ['camera', 'stream', 'HTTP address'],
  newOnly: ['folder'],
};

/**
 * Refuses what would change nothing in a watch.
 *
 * @throws FaceTriggerError `ERR_INVALID_ARGUMENT`; for the source what `createSource` throws
 */
export async function refuseUnusedOfWatch(
  command: Command,
  source: string | undefined,
  options: WatchCommandOptions,
): Promise<void> {
  if (options.check) {
    refuseSource(source, '--check, which only reads the triggers file');
    refuseAllBut(command, CHECKED, 'with --check, which only reads the triggers file');
    return;
  }
  if (options.forget) {
    refuseSource(source, '--forget: --name says what the source was called');
    refuseAllBut(command, FORGOTTEN, 'with --forget, which only removes what brokers keep');
    return;
  }
  if (options.triggers === undefined)
    refuseUnused(command, ['queue'], 'without --triggers, whose webhooks wait there');
  if (options.preview === undefined)
    refuseUnused(command, ['previewHost'], 'without --preview, whose page it is about');
  if (options.model === undefined && options.gallery === undefined)
    refuseUnused(command, ['minProbability'], 'without --model or --gallery: nobody is recognized');
  if (source === undefined) return;
  const { kind } = await readSourceName(source);
  for (const [name, kinds] of Object.entries(OF_SOURCES)) {
    // The film that is recorded has a rate of its own.
    const isUsed = kinds.includes(kind) || (name === 'fps' && options.record !== undefined);
    if (!isUsed) refuseUnused(command, [name], `for this source (${kind}); it is for: ${kinds.join(', ')}`);
  }
}

const CHECKED = ['check', 'triggers', 'model', 'gallery'];
const FORGOTTEN = ['forget', 'name', 'triggers'];

function refuseSource(source: string | undefined, why: string): void {
  if (source !== undefined)
    throw new FaceTriggerError('ERR_INVALID_ARGUMENT', `Expected no source with ${why}`);
}

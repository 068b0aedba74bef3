import { Command } from 'commander';
import { printableLines } from '../core/text/printable.ts';
import type { CommandContext } from './command-context.ts';
import { addExamples } from './command-examples.ts';
import { packageVersion } from './package-version.ts';

/** Adds a command to the program. */
type AddCommand = (program: Command, context: CommandContext) => void;

// Loaded when they are needed: what one command is made of must not slow the start of the others.
const COMMANDS: Readonly<Record<string, () => Promise<AddCommand>>> = {
  detect: async () => (await import('./detect-command.ts')).addDetectCommand,
  embed: async () => (await import('./embed-command.ts')).addEmbedCommand,
  verify: async () => (await import('./verify-command.ts')).addVerifyCommand,
  train: async () => (await import('./train-command.ts')).addTrainCommand,
  recognize: async () => (await import('./recognize-command.ts')).addRecognizeCommand,
  evaluate: async () => (await import('./evaluate/evaluate-command.ts')).addEvaluateCommand,
  dataset: async () => (await import('./dataset/dataset-command.ts')).addDatasetCommand,
  import: async () => (await import('./import/import-command.ts')).addImportCommand,
  watch: async () => (await import('./watch/watch-command.ts')).addWatchCommand,
  run: async () => (await import('./run/run-command.ts')).addRunCommand,
  gallery: async () => (await import('./gallery/gallery-command.ts')).addGalleryCommand,
  photos: async () => (await import('./photos/photos-command.ts')).addPhotosCommand,
  jobs: async () => (await import('./jobs/jobs-command.ts')).addJobsCommand,
  worker: async () => (await import('./worker-command.ts')).addWorkerCommand,
  serve: async () => (await import('./serve-command.ts')).addServeCommand,
  keys: async () => (await import('./keys/keys-command.ts')).addKeysCommand,
  models: async () => (await import('./models/models-command.ts')).addModelsCommand,
  demo: async () => (await import('./demo-command.ts')).addDemoCommand,
  completion: async () => {
    const { addCompletionCommand } = await import('./completion/completion-command.ts');
    return (program, context) => addCompletionCommand(program, () => createProgram([], context));
  },
};

/**
 * Builds the command line's parser; parsing it runs the command.
 *
 * @param args - if they begin with a command, the program knows only that one
 */
export async function createProgram(args: readonly string[], context: CommandContext): Promise<Command> {
  const program = new Command('face-trigger')
    .description('Finds faces in pictures and says whose they are, or that they are unknown.')
    .version(packageVersion(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    // Words are turned into --help before they come here; this lists the command and lets it be suggested.
    .helpCommand('help [command]', 'show the help of a command')
    .showHelpAfterError('(add --help for the options)')
    .showSuggestionAfterError(true)
    .configureOutput({ writeErr: (text) => process.stderr.write(printableLines(text)) })
    .addHelpText('after', HELP);
  const [first = ''] = args[0] === 'help' ? args.slice(1) : args;
  const wanted = Object.hasOwn(COMMANDS, first) ? [first] : Object.keys(COMMANDS);
  for (const name of wanted) {
    const add = await COMMANDS[name]!();
    add(program, context);
  }
  addExamples(program);
  program.hook('preAction', async (_, command) => {
    // Loaded here, as most words that come in are no command with networks.
    const { takeDefaultModels } = await import('./options/default-models.ts');
    await takeDefaultModels(command);
  });
  return program;
}

const HELP = `
Examples:
  face-trigger detect photos/ --annotate marked/
  face-trigger train people/ --out model/       (people/Ada/1.jpg, people/Ada/2.jpg, people/Bob.jpg ...)
  face-trigger recognize 'party/**/*.jpg' --model model/
  face-trigger recognize photo.jpg --model model/ --json
  face-trigger verify one.jpg other.jpg
  face-trigger gallery add people/             (then: gallery search photo.jpg, or serve)

Name pictures by files, folders (searched with their subfolders) or globs.

Exit status:
  0    success, also when no face or no known person was found
  1    the run finished, but some pictures could not be read
  2    wrong usage
  3    a file or folder could not be read or written
  4    a model is missing, damaged or of another kind
  5    too few photos, or a folder without the expected layout
  6    any other failure
  7    a gallery: no such person, face or key, name taken, unfit photo, busy, disk full
  8    a server or broker refused or did not answer in time
  130  stopped with Ctrl-C`;

import { Command } from 'commander';
import { addDemoCommand } from './demo-command.ts';
import { addDetectCommand } from './detect-command.ts';
import { addEmbedCommand } from './embed-command.ts';
import { addEvaluateCommand } from './evaluate-command.ts';
import { addModelsCommand } from './models-command.ts';
import { packageVersion } from './package-version.ts';
import { addRecognizeCommand } from './recognize-command.ts';
import { addTrainCommand } from './train-command.ts';
import { addVerifyCommand } from './verify-command.ts';

/** What commands get from the program around them. */
export interface CommandContext {
  /** Aborted when the user wants the work to stop. */
  readonly signal: AbortSignal;
  /** Sets what the process ends with; 0 until then. */
  setExitStatus(status: number): void;
}

/** Builds the command line's parser; parsing it runs the command. */
export function createProgram(context: CommandContext): Command {
  const program = new Command('face-trigger')
    .description('Finds faces in pictures and says who they are, or that nobody knows them.')
    .version(packageVersion(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .helpCommand(false)
    .showHelpAfterError('(add --help for the options)')
    .showSuggestionAfterError(true)
    .addHelpText('after', HELP);
  addDetectCommand(program, context);
  addEmbedCommand(program, context);
  addVerifyCommand(program, context);
  addTrainCommand(program, context);
  addRecognizeCommand(program, context);
  addEvaluateCommand(program, context);
  addModelsCommand(program, context);
  addDemoCommand(program, context);
  return program;
}

const HELP = `
Examples:
  face-trigger detect photos/ --annotate marked/
  face-trigger train people/ --out model/       (people/Ada/1.jpg, people/Ada/2.jpg, people/Bob.jpg ...)
  face-trigger recognize 'party/**/*.jpg' --model model/
  face-trigger recognize photo.jpg --model model/ --json
  face-trigger verify one.jpg other.jpg

Pictures are named by files, folders (searched to the bottom) or globs.

Exit status:
  0    all went well; also when no face or nobody known was found
  1    the run finished, but some pictures could not be read
  2    wrong usage
  3    a file or folder could not be read or written
  4    a model is missing, damaged or of another kind
  5    too few photos, or a folder without the expected layout
  6    any other failure
  130  stopped with Ctrl-C`;

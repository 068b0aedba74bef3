import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { addClassifierCommand } from './classifier.ts';
import { addEncodingsCommand } from './encodings.ts';

/** Adds `import classifier` and `import encodings`. */
export function addImportCommand(program: Command, context: CommandContext): void {
  const group = program
    .command('import')
    .description(
      'import files that Python programs made; they are read as data and nothing in them is executed',
    )
    .helpCommand(false);
  addClassifierCommand(group, context);
  addEncodingsCommand(group, context);
}

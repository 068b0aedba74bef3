import type { Command, Option } from 'commander';

/** What may stand after an option, or where arguments go. */
export type ValueKind = 'file' | 'folder' | 'other';

/** An option as completion needs it. */
export interface CompletedOption {
  /** As they are typed, such as `-h` and `--help`. */
  readonly flags: readonly string[];
  readonly description: string;
  /** `null` for an option without a value. */
  readonly value: ValueKind | null;
  /** All values there are; empty where there are others. */
  readonly choices: readonly string[];
}

/** A command as completion needs it. */
export interface CompletedCommand {
  /** `''` for the program, `/gallery/add` for a command of a group. */
  readonly path: string;
  readonly name: string;
  readonly description: string;
  readonly options: readonly CompletedOption[];
  readonly commands: readonly CompletedCommand[];
  /** Words that may be its first argument; empty where those are files or anything. */
  readonly choices: readonly string[];
}

/** Reads from a program what there is to complete, so that it can never be out of date. */
export function completedCommand(command: Command, path = ''): CompletedCommand {
  const help = command.createHelp();
  // Those that are listed in the help: "help" is one of them, though the program does not count it.
  const commands = help.visibleCommands(command).map((sub) => completedCommand(sub, `${path}/${sub.name()}`));
  const names = command.commands.map((sub) => sub.name());
  return {
    path,
    name: command.name(),
    description: command.description(),
    options: help.visibleOptions(command).map(completedOption),
    commands: commands.map((sub) => (sub.path === '/help' ? { ...sub, choices: names } : sub)),
    choices: command.registeredArguments[0]?.argChoices ?? [],
  };
}

/** A command and all below it. */
export function everyCommand(root: CompletedCommand): readonly CompletedCommand[] {
  return [root, ...root.commands.flatMap(everyCommand)];
}

function completedOption(option: Option): CompletedOption {
  const takesValue = option.required || option.optional;
  return {
    flags: [option.short, option.long].filter((flag) => flag !== undefined && flag !== null),
    description: option.description,
    value: takesValue ? valueKind(option.flags) : null,
    choices: option.argChoices ?? [],
  };
}

function valueKind(flags: string): ValueKind {
  if (/[<[]dir[\]>]/.test(flags)) return 'folder';
  return /[<[]file[\]>]/.test(flags) ? 'file' : 'other';
}

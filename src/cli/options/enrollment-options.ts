import { Option } from 'commander';

/** `--review`. */
export function reviewOption(): Option {
  return new Option('--review <level>', 'how strictly photos are checked')
    .choices(['off', 'standard', 'strict'])
    .default('standard');
}

/** `--duplicates`. */
export function duplicatesOption(): Option {
  return new Option('--duplicates <what>', 'what to do with a photo that the person has already')
    .choices(['skip', 'keep'])
    .default('skip');
}

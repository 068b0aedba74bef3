import { hasImageExtension } from '../../node/image/picture-extensions.ts';

/** A photo somewhere in the web. */
export interface ListedUrl {
  readonly url: string;
  /** Absent: the address says it, see `tasksOfUrls`. */
  readonly person?: string | undefined;
}

/** A field in quotes, in which two stand for one, and what comes behind it. */
const QUOTED = /^"((?:[^"]|"")*)"\s*(?:,\s*(.*))?$/;
/** What is in addresses and in no name, where nothing else tells them apart. */
const OF_ADDRESSES = /[/=&?]/;

const BAD_QUOTES = 'has a quotation mark that nothing closes, or text behind one';
const SEVERAL_WAYS =
  'can be read in several ways: write the person in quotation marks, URL,"Doe, Jane", or a comma of the address as %2C';
const BLANK = 'has a blank in its address: write %20, or the person in quotation marks, URL,"Doe, Jane"';

/**
 * Reads a line of a list: `URL`, `URL,person` or, as CSV has it, `URL,"person"` and `"URL","person"`.
 *
 * @param line - without blanks around it
 * @returns why it can't be read, where it can't
 * @remarks Addresses may hold commas, and so may names (`Doe, Jane`). An address has no blank, so it ends before the
 * first one. Of several commas that may end it, the first after the name of a picture does; where there is none, the line
 * can be read in two ways, and is refused.
 */
export function readUrlLine(line: string): ListedUrl | string {
  if (line.startsWith('"')) {
    const [, url, rest = ''] = QUOTED.exec(line) ?? [];
    return url === undefined ? BAD_QUOTES : withPerson(unescaped(url), rest);
  }
  const quote = line.search(/,\s*"/);
  if (quote !== -1) return withPerson(line.slice(0, quote), line.slice(quote + 1).trim());
  const blank = /\s/.exec(line)?.index ?? line.length;
  const ends = commasOf(line).filter((at) => line.slice(0, at).trimEnd().length <= blank && isName(line, at));
  const end = ends.length > 1 ? ends.find((at) => endsInPicture(line.slice(0, at))) : ends[0];
  // "?size=10,20" is an address, and hardly one with a person who is called 20.
  if (end !== undefined && /[?#]/.test(line.slice(0, end)) && !/\p{L}/u.test(line.slice(end)))
    return SEVERAL_WAYS;
  if (end !== undefined) return withPerson(line.slice(0, end), line.slice(end + 1));
  if (ends.length > 1) return SEVERAL_WAYS;
  return blank === line.length ? { url: line } : BLANK;
}

function commasOf(line: string): readonly number[] {
  return [...line.matchAll(/,/g)].map(({ index }) => index);
}

/** Whether what follows a comma may be a name, judged by its first word: "Tom & Jerry" is one. */
function isName(line: string, comma: number): boolean {
  const [word = ''] = line
    .slice(comma + 1)
    .trim()
    .split(/\s/, 1);
  return word !== '' && !OF_ADDRESSES.test(word);
}

/** Only without a query, in which anything may come after a picture's name. */
function endsInPicture(url: string): boolean {
  return !/[?#]/.test(url) && hasImageExtension(url.trimEnd());
}

function withPerson(address: string, given: string): ListedUrl | string {
  const url = address.trim();
  if (/\s/.test(url)) return BLANK;
  let person = given.trim();
  if (person.startsWith('"')) {
    const [, text, rest] = QUOTED.exec(person) ?? [];
    if (text === undefined || rest !== undefined) return BAD_QUOTES;
    person = unescaped(text).trim();
  }
  return person === '' ? { url } : { url, person };
}

function unescaped(text: string): string {
  return text.replaceAll('""', '"');
}

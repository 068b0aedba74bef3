import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { readUrlList, tasksOfUrls } from '../../../src/jobs/photos/read-url-list.ts';

async function list(text: string | Uint8Array): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'face-trigger-list-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const path = join(folder, 'list.txt');
  await writeFile(path, text);
  return path;
}

describe('a list of addresses', () => {
  test('has an address a line, with the person after a comma', async () => {
    const text = [
      '# photos of the door',
      'https://a.example/people/Ada/1.jpg',
      'https://a.example/2.jpg?x=1,2&y=/3 , Bob',
      '',
      'https://a.example/3.jpg?size=10,20&z=1',
    ].join('\r\n');
    expect(await readUrlList(await list(text))).toEqual([
      { url: 'https://a.example/people/Ada/1.jpg' },
      { url: 'https://a.example/2.jpg?x=1,2&y=/3', person: 'Bob' },
      { url: 'https://a.example/3.jpg?size=10,20&z=1' },
    ]);
  });

  test.each([
    ['https://a.example/1.jpg,Doe, Jane', 'https://a.example/1.jpg', 'Doe, Jane'],
    ['https://a.example/1.jpg , Doe, Jane, Dr.', 'https://a.example/1.jpg', 'Doe, Jane, Dr.'],
    ['https://a.example/a,b.jpg,Ada', 'https://a.example/a,b.jpg', 'Ada'],
    ['https://a.example/w_200,h_300/1.jpg,Doe, Jane', 'https://a.example/w_200,h_300/1.jpg', 'Doe, Jane'],
    ['https://a.example/w_200,h_300/1.jpg', 'https://a.example/w_200,h_300/1.jpg', undefined],
    ['https://a.example/1.jpg,Tom & Jerry', 'https://a.example/1.jpg', 'Tom & Jerry'],
    ['https://a.example/17?x=1,2,"Doe, Jane"', 'https://a.example/17?x=1,2', 'Doe, Jane'],
    ['"https://a.example/17?x=1,2","Jo ""J"" Doe"', 'https://a.example/17?x=1,2', 'Jo "J" Doe'],
    ['"https://a.example/17,18",Ada', 'https://a.example/17,18', 'Ada'],
    ['"https://a.example/17,18"', 'https://a.example/17,18', undefined],
    [
      'https://a.example/1.jpg,Dwayne "The Rock" Johnson',
      'https://a.example/1.jpg',
      'Dwayne "The Rock" Johnson',
    ],
  ])('parts address and person where either has commas: %s', async (line, url, person) => {
    const item = { url, ...(person !== undefined && { person }) };
    expect(await readUrlList(await list(`# first\n${line}\n`))).toEqual([item]);
  });

  test('may be JSON', async () => {
    const items = ['https://a.example/1.jpg', { url: 'http://b.example/2.jpg', person: 'Zoë, K.' }];
    expect(await readUrlList(await list(JSON.stringify(items)))).toEqual([{ url: items[0] }, items[1]]);
  });

  test.each([
    ['ftp://a.example/1.jpg', /line 1 has no address/],
    ['https://a.example/1.jpg\n/etc/passwd', /line 2 has no address/],
    ['https://a.example/17,Doe, Jane', /line 1 can be read in several ways.*URL,"Doe, Jane"/],
    ['https://a.example/1.jpg?s=a,b,Ada', /line 1 can be read in several ways/],
    ['https://a.example/1.jpg?size=10,20', /line 1 can be read in several ways/],
    ['https://a.example/my photo.jpg', /line 1 has a blank in its address/],
    ['"https://a.example/my photo.jpg",Ada', /line 1 has a blank in its address/],
    ['https://a.example/1.jpg,"Doe, Jane', /line 1 has a quotation mark that nothing closes/],
    ['https://a.example/1.jpg,"Doe", Jane', /line 1 has a quotation mark.* or text behind/],
    ['# nothing\n', /is empty/],
    ['[', /is no JSON/],
    ['[{"url": 7}]', /item 0 is neither/],
    ['[{"url": "https://a.example/", "name": "Ada"}]', /item 0 is neither/],
    ['[null]', /item 0 is neither/],
    [Buffer.from([0xff, 0xfe, 0x41]), /is not UTF-8/],
  ])('is refused with the place of what is wrong: %j', async (text, message) => {
    await expect(readUrlList(await list(text))).rejects.toMatchObject({ code: 'ERR_FILE_FORMAT', message });
  });

  test('gives tasks that show no secret, for the person of the line, the job or the address', () => {
    const person = (url: string, name?: string, own?: string) => {
      const [task] = tasksOfUrls([{ url, ...(own !== undefined && { person: own }) }], name);
      return task!.data['person'];
    };
    expect(person('https://a.example/people/Zo%C3%AB/1.jpg')).toBe('Zoë');
    expect(person('https://a.example/Ada_2.jpg')).toBe('Ada');
    expect(person('https://a.example/people/Ada/1.jpg', 'Bob')).toBe('Bob');
    expect(person('https://a.example/people/Ada/1.jpg', 'Bob', 'Cem')).toBe('Cem');
    const [task] = tasksOfUrls(
      [{ url: 'https://user:word@a.example/Ada/1.jpg?signature=secret#x' }],
      undefined,
    );
    expect(task).toMatchObject({ what: 'https://a.example/Ada/1.jpg', data: { source: '1.jpg' } });
  });
});

import { expect, it } from 'vitest';
import { ClumpLinks } from '../../src/cluster/clump-links.ts';
import { PairList } from '../../src/cluster/pair-list.ts';

function linksOf(pairs: readonly (readonly [number, number])[], clumps: number): ClumpLinks {
  const list = new PairList(clumps);
  for (const [a, b] of pairs) list.add(a, b);
  return new ClumpLinks(list, clumps);
}

const endsOf = (links: ClumpLinks, clump: number) =>
  links
    .linksOf(clump)
    .map((link) => links.across(link, clump))
    .sort((a, b) => a - b);

it('moves the links of a clump to another, and keeps one to each end', () => {
  const links = linksOf(
    [
      [0, 1],
      [0, 2],
      [1, 2],
      [1, 3],
      [3, 4],
    ],
    5,
  );
  const between = links.linksOf(0).find((link) => links.across(link, 0) === 1)!;
  links.remove(between);
  const moved = links.move(1, 0);
  expect(moved.map((link) => links.across(link, 0))).toEqual([3]);
  expect(endsOf(links, 0)).toEqual([2, 3]);
  expect(endsOf(links, 1)).toEqual([]);
  expect(endsOf(links, 2)).toEqual([0]);
  expect(endsOf(links, 3)).toEqual([0, 4]);
});

it('has another version after each comparison', () => {
  const links = linksOf([[0, 1]], 2);
  const [link] = links.linksOf(0);
  const before = links.versionOf(link!);
  links.setOdds(link!, 3);
  expect(links.oddsOf(link!)).toBe(3);
  expect(links.versionOf(link!)).not.toBe(before);
});

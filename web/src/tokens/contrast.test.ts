import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { pairs, ratio, resolve, themes } from './contrast';

const css = readFileSync(`${process.cwd()}/src/tokens/tokens.css`, 'utf8');

describe.each(Object.keys(themes))('%s', (name) => {
  const values = resolve(css, themes[name]!);
  it.each(pairs)('%s on %s has a ratio of at least %d', (fore, ground, least) => {
    expect(ratio(values(fore), values(ground))).toBeGreaterThanOrEqual(least);
  });
});

it('measures the known extremes', () => {
  expect(ratio('#000000', '#ffffff')).toBeCloseTo(21);
  expect(ratio('#777777', '#ffffff')).toBeLessThan(4.5);
});

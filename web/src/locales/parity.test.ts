import { describe, expect, it } from 'vitest';

type Module = { default: Record<string, string> };
const chinese = import.meta.glob<Module>('./zh-CN/*.ts', { eager: true });
const english = import.meta.glob<Module>('./en/*.ts', { eager: true });
const names = Object.keys(chinese).map((path) => path.split('/').at(-1) as string);
const holes = (text: string) =>
  [...new Set([...text.matchAll(/\{(\w+)(?=[,}])/g)].map((m) => m[1]))].sort().join();

it('has the same catalogues in both languages', () => {
  expect(Object.keys(english).map((path) => path.split('/').at(-1))).toEqual(names);
});

describe.each(names)('%s', (name) => {
  const zh = chinese[`./zh-CN/${name}`]!.default;
  const en = english[`./en/${name}`]!.default;

  it('has the same keys', () => {
    expect(Object.keys(en).sort()).toEqual(Object.keys(zh).sort());
  });

  it('fills the same holes', () => {
    for (const key of Object.keys(zh))
      expect([key, holes(en[key]!)]).toEqual([key, holes(zh[key]!)]);
  });

  it('is written: no empty text, no exclamation mark, no Chinese in English', () => {
    for (const [key, text] of [...Object.entries(zh), ...Object.entries(en)]) {
      expect([key, text.trim().length > 0 && !/[!！]/.test(text)]).toEqual([key, true]);
    }
    for (const [key, text] of Object.entries(en)) {
      expect([key, /\p{Script=Han}/u.test(text)]).toEqual([key, false]);
    }
  });
});

it('uses no key for two things in one application', () => {
  for (const [path, shared] of [
    ['desk.ts', ['common.ts', 'chat.ts']],
    ['console.ts', ['common.ts', 'chat.ts']],
    ['widget.ts', ['chat.ts', 'talk.ts']],
    ['talk.ts', ['chat.ts']],
    ['chat.ts', ['common.ts']],
  ] as const) {
    for (const other of shared) {
      const mine = Object.keys(chinese[`./zh-CN/${path}`]!.default);
      const theirs = new Set(Object.keys(chinese[`./zh-CN/${other}`]!.default));
      expect(mine.filter((key) => theirs.has(key))).toEqual([]);
    }
  }
});

it('brings every word of the first screen with it', () => {
  const sources = import.meta.glob<string>(
    ['../widget/frame/{App,Failure,Home,parts}.tsx', '../core/format.ts'],
    { query: '?raw', import: 'default', eager: true },
  );
  const known = Object.keys(chinese['./zh-CN/widget.ts']!.default);
  const asked = Object.values(sources).flatMap((source) =>
    [...source.matchAll(/\b(?:t|lookup)\(([^)]*)/g)].flatMap((call) =>
      [...call[1]!.replace(/\{ .*/s, '').matchAll(/['`]([a-z][\w.]*)(\$\{)?/g)].map((m) => ({
        key: m[1]!,
        begins: m[2] !== undefined,
      })),
    ),
  );
  expect(asked.length).toBeGreaterThan(30);
  const missing = asked.filter(({ key, begins }) =>
    begins ? !known.some((one) => one.startsWith(key)) : !known.includes(key),
  );
  expect(missing).toEqual([]);
});

it('says the same on the first screen of clients as in the house', () => {
  for (const catalogue of [chinese, english]) {
    const [own, common] = ['widget', 'common'].map(
      (name) =>
        Object.entries(catalogue).find(([path]) => path.endsWith(`/${name}.ts`))![1].default,
    );
    const both = Object.keys(own!).filter((key) => /^(time|presence)\./.test(key));
    expect(both.length).toBe(10);
    for (const key of both) expect([key, own![key]]).toEqual([key, common![key]]);
  }
});

import { expect, test } from 'vitest';
import type { Version } from './ProductPanel';
import { draftOf, faultsOf, wired } from './product';

const TODAY = '2026-11-23';
const version: Version = {
  version: 1,
  state: 'approved',
  names: { 'zh-CN': '稳健债券', en: 'Steady bonds' },
  kind: 'bond',
  risk: 2,
  term_months: 6,
  goals: ['income'],
  min_amount: 10_000,
  professional_only: false,
  summaries: { 'zh-CN': '投资债券' },
  risk_points: { 'zh-CN': ['利率风险', '信用风险'] },
  effective_from: '2026-01-01',
  effective_to: '2026-12-31',
  author: 'a',
  note: '',
};

test('an empty form says all that is missing', () => {
  const faults = faultsOf(draftOf('', undefined, TODAY), true);
  expect([...faults].sort()).toEqual(['code', 'goals', 'name', 'points']);
});

test('a following version begins with the one before, from today on', () => {
  const draft = draftOf('B-1', version, TODAY);
  expect(faultsOf(draft, false).size).toBe(0);
  const { author, note, state, version: number, ...said } = version;
  expect(wired(draft)).toEqual({ ...said, effective_from: TODAY });
  expect([author, note, state, number]).toEqual(['a', '', 'approved', 1]);
  expect(draftOf('B-1', { ...version, effective_from: '2027-01-01' }, TODAY).from).toBe(
    '2027-01-01',
  );
  expect(draftOf('B-1', { ...version, effective_to: '2026-02-01' }, TODAY).to).toBe('');
});

test.each([
  ['code', { code: '产品 1' }],
  ['names', { names: { 'zh-CN': '名', en: 'x'.repeat(81) } }],
  ['term', { term: '1.5' }],
  ['term', { term: '601' }],
  ['min', { min: '10000000001' }],
  ['long', { points: { 'zh-CN': 'x'.repeat(501), en: '' } }],
  ['from', { from: '' }],
  ['to', { to: '2026-11-22' }],
] as const)('%s is told of', (fault, change) => {
  const draft = { ...draftOf('B-1', version, TODAY), ...change };
  expect([...faultsOf(draft, true)]).toEqual([fault]);
});

import { expect, it } from 'vitest';
import { bound } from './bound';

it('is the rule of three where nothing was found', () => {
  expect(bound(0, 300)).toBeCloseTo(0.00994, 4);
  expect(bound(0, 3000)).toBeCloseTo(0.000998, 5);
});

it('is the exact bound where something was found', () => {
  expect(bound(1, 20)).toBeCloseTo(0.2161, 3);
  expect(bound(5, 5)).toBe(1);
});

import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { installHints } from './Tooltip';

installHints();

const point = (at: Element, pointerType = 'mouse') =>
  at.dispatchEvent(new PointerEvent('pointerover', { bubbles: true, pointerType }));
const shown = () => document.querySelector('[data-react-aria-top-layer]')?.textContent ?? null;

describe('the name of an icon', () => {
  let button: HTMLButtonElement;
  beforeEach(() => {
    vi.useFakeTimers();
    document.body.innerHTML = '<p>…</p><button data-hint="" aria-label="Attach a file"></button>';
    button = document.querySelector('button') as HTMLButtonElement;
  });
  afterEach(() => {
    dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape' }));
    vi.useRealTimers();
  });

  test('is shown to a hand that rests on it, and stays while the hand is on the name itself', () => {
    point(button);
    expect(shown()).toBe(null);
    vi.advanceTimersByTime(600);
    expect(shown()).toBe('Attach a file');
    point(document.querySelector('[data-react-aria-top-layer]') as Element);
    vi.advanceTimersByTime(2_000);
    expect(shown()).toBe('Attach a file');
    point(document.querySelector('p') as Element);
    vi.advanceTimersByTime(200);
    expect(shown()).toBe(null);
  });

  test('is not shown to a finger, nor to a hand that only passes', () => {
    point(button, 'touch');
    vi.advanceTimersByTime(600);
    expect(shown()).toBe(null);
    point(button);
    point(document.querySelector('p') as Element);
    vi.advanceTimersByTime(600);
    expect(shown()).toBe(null);
  });

  test('goes with any key and any press', () => {
    for (const gone of [new KeyboardEvent('keydown', { key: 'a' }), new Event('pointerdown')]) {
      point(button);
      vi.advanceTimersByTime(600);
      expect(shown()).toBe('Attach a file');
      dispatchEvent(gone);
      expect(shown()).toBe(null);
    }
  });
});

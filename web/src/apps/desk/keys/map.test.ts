import { describe, expect, it } from 'vitest';
import { bindings, commandOf, commands, type Press, written } from './map';

const press = (key: string, more: Partial<Press> = {}): Press => ({
  key,
  code: `Key${key.toUpperCase()}`,
  altKey: false,
  ctrlKey: false,
  metaKey: false,
  shiftKey: false,
  ...more,
});
const idle = { typing: false, afterG: false, singles: true };

describe('the keyboard map', () => {
  it('reaches every command, and by no key two of them', () => {
    expect(new Set(bindings.map((one) => one.command))).toEqual(new Set(commands));
    expect(new Set(bindings.map((one) => one.keys)).size).toBe(bindings.length);
  });

  it('acts on single keys outside of texts only', () => {
    expect(commandOf(press('a'), idle)).toBe('accept');
    expect(commandOf(press('a'), { ...idle, typing: true })).toBeNull();
    expect(commandOf(press('/'), { ...idle, typing: true })).toBeNull();
  });

  it('has no single keys once they are turned off, and still all combinations', () => {
    const off = { ...idle, singles: false };
    for (const key of ['a', 'j', 'k', '?', '/', 'g']) expect(commandOf(press(key), off)).toBeNull();
    expect(commandOf(press('j', { altKey: true }), off)).toBe('next');
    expect(commandOf(press('k', { ctrlKey: true }), off)).toBe('palette');
  });

  it('knows Option letters by their place on the keyboard', () => {
    expect(commandOf(press('π', { altKey: true, code: 'KeyP' }), idle)).toBe('note');
  });

  it('opens the palette while one types, with Ctrl and with Cmd', () => {
    const typing = { ...idle, typing: true };
    expect(commandOf(press('k', { ctrlKey: true }), typing)).toBe('palette');
    expect(commandOf(press('k', { metaKey: true }), typing)).toBe('palette');
  });

  it('goes to places after G', () => {
    expect(commandOf(press('g'), idle)).toBe('g');
    expect(commandOf(press('p'), { ...idle, afterG: true })).toBe('goPool');
    expect(commandOf(press('p'), idle)).toBeNull();
  });

  it('leaves the browser its own keys', () => {
    expect(commandOf(press('a', { ctrlKey: true }), idle)).toBeNull();
    expect(commandOf(press('r', { metaKey: true }), idle)).toBeNull();
  });

  it('writes the key that works', () => {
    expect([written('next', true), written('next', false)]).toEqual(['J', 'Alt J']);
    expect(written('accept', false)).toBeUndefined();
  });
});

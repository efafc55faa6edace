/** The keyboard map: what each key does, how it is written, and which presses it is. One list for keys, hints and help. */

export const commands = [
  'palette',
  'help',
  'accept',
  'next',
  'previous',
  'reply',
  'slash',
  'note',
  'transfer',
  'close',
  'later',
  'panel',
  'goConversations',
  'goPool',
  'goClients',
  'goKnowledge',
  'goSettings',
] as const;

export type Command = (typeof commands)[number];

export interface Binding {
  command: Command;
  /** As it is shown. */
  keys: string;
  /** Acts without Alt, Ctrl or Cmd: can be turned off (WCAG 2.1.4). */
  single?: boolean;
  /** The physical key with Alt, so that a Mac's Option letters match too. */
  alt?: string;
  /** The character, alone. */
  char?: string;
  /** The character after `g`. */
  after?: string;
}

export const bindings: readonly Binding[] = [
  { command: 'palette', keys: 'Ctrl K' },
  { command: 'help', keys: '?', single: true, char: '?' },
  { command: 'accept', keys: 'A', single: true, char: 'a' },
  { command: 'next', keys: 'J', single: true, char: 'j' },
  { command: 'previous', keys: 'K', single: true, char: 'k' },
  { command: 'next', keys: 'Alt J', alt: 'KeyJ' },
  { command: 'previous', keys: 'Alt K', alt: 'KeyK' },
  { command: 'reply', keys: 'R', single: true, char: 'r' },
  { command: 'reply', keys: 'Alt L', alt: 'KeyL' },
  { command: 'slash', keys: '/', single: true, char: '/' },
  { command: 'note', keys: 'Alt P', alt: 'KeyP' },
  { command: 'transfer', keys: 'Alt T', alt: 'KeyT' },
  { command: 'close', keys: 'Alt E', alt: 'KeyE' },
  { command: 'later', keys: 'Alt M', alt: 'KeyM' },
  { command: 'panel', keys: 'Alt I', alt: 'KeyI' },
  { command: 'goConversations', keys: 'G I', single: true, after: 'i' },
  { command: 'goPool', keys: 'G P', single: true, after: 'p' },
  { command: 'goClients', keys: 'G C', single: true, after: 'c' },
  { command: 'goKnowledge', keys: 'G K', single: true, after: 'k' },
  { command: 'goSettings', keys: 'G S', single: true, after: 's' },
];

/** How a command is pressed, the combination before the single key where single keys are off. */
export function written(command: Command, singles: boolean): string | undefined {
  return bindings.find((one) => one.command === command && (singles || !one.single))?.keys;
}

export interface Press {
  key: string;
  code: string;
  altKey: boolean;
  ctrlKey: boolean;
  metaKey: boolean;
  shiftKey: boolean;
}

/**
 * The command of a key press. `typing`: the focus is in a text; `afterG`: the press before was G.
 * Input methods are the caller's: a press while composing never comes here.
 */
export function commandOf(
  press: Press,
  where: { typing: boolean; afterG: boolean; singles: boolean },
): Command | 'g' | null {
  const { key, code, altKey, ctrlKey, metaKey } = press;
  if ((ctrlKey || metaKey) && !altKey && key.toLowerCase() === 'k') return 'palette';
  if (ctrlKey || metaKey) return null;
  if (altKey) return bindings.find((one) => one.alt === code)?.command ?? null;
  if (where.typing || !where.singles) return null;
  const char = key.toLowerCase();
  if (where.afterG) return bindings.find((one) => one.after === char)?.command ?? null;
  if (char === 'g') return 'g';
  return bindings.find((one) => one.char === char)?.command ?? null;
}

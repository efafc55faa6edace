/** Whether a reply or a private note is being written, in the open conversation; any other begins with a reply. */
import { useEffect, useSyncExternalStore } from 'react';
import type { Mode } from './drafts';

let now: { of: string; mode: Mode } = { of: '', mode: 'reply' };
const readers = new Set<() => void>();

export const modeOf = (conversation: string): Mode =>
  now.of === conversation ? now.mode : 'reply';

export function setMode(conversation: string, mode: Mode): void {
  now = { of: conversation, mode };
  for (const reader of readers) reader();
}

function subscribe(reader: () => void): () => void {
  readers.add(reader);
  return () => readers.delete(reader);
}

/** The mode, and nothing of it left behind when the conversation is left: above all no note. */
export function useMode(conversation: string): Mode {
  useEffect(() => () => setMode(conversation, 'reply'), [conversation]);
  return useSyncExternalStore(subscribe, () => modeOf(conversation));
}

/** A passing note, for what has no place of its own on the page. Never for a failure that needs a next step. */
import { useSyncExternalStore } from 'react';
import { t } from '../locales/common';
import { IconButton } from './Button';
import { iX } from './icons';
import css from './overlays.module.css';

interface Note {
  id: number;
  text: string;
}

let notes: Note[] = [];
let last = 0;
const readers = new Set<() => void>();

function set(next: Note[]): void {
  notes = next;
  for (const reader of readers) reader();
}

/** Shows one sentence for six seconds. */
export function toast(text: string): void {
  last += 1;
  const id = last;
  set([...notes.slice(-2), { id, text }]);
  setTimeout(() => set(notes.filter((note) => note.id !== id)), 6000);
}

/** Where notes appear: once in each application. */
export function Toasts() {
  const shown = useSyncExternalStore(
    (reader) => {
      readers.add(reader);
      return () => readers.delete(reader);
    },
    () => notes,
  );
  return (
    <div className={css.toasts} role="status">
      {shown.map((note) => (
        <div key={note.id} className={css.toast}>
          <span className={css.grow}>{note.text}</span>
          <IconButton
            icon={iX}
            size="xs"
            label={t('close')}
            onPress={() => set(notes.filter((other) => other.id !== note.id))}
          />
        </div>
      ))}
    </div>
  );
}

/** A passing note, for what has no place of its own on the page. Never for a failure that needs a next step. */
import { useSyncExternalStore } from 'react';
import { t } from '../locales/common';
import { Button, IconButton } from './Button';
import { iX } from './icons';
import css from './overlays.module.css';

/** What can still be done about it, such as taking it back. */
interface Act {
  text: string;
  run: () => void;
}

interface Note {
  id: number;
  text: string;
  act?: Act;
}

let notes: Note[] = [];
let last = 0;
const readers = new Set<() => void>();

function set(next: Note[]): void {
  notes = next;
  for (const reader of readers) reader();
}

/** Shows one sentence for six seconds. */
export function toast(text: string, act?: Act): void {
  last += 1;
  const id = last;
  set([...notes.slice(-2), { id, text, act }]);
  // What asks for a hand stays longer.
  setTimeout(() => away(id), act ? 12_000 : 6_000);
}

const away = (id: number): void => set(notes.filter((note) => note.id !== id));

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
          {note.act ? (
            <Button
              size="xs"
              kind="ghost"
              onPress={() => {
                away(note.id);
                note.act?.run();
              }}
            >
              {note.act.text}
            </Button>
          ) : null}
          <IconButton icon={iX} size="xs" label={t('close')} onPress={() => away(note.id)} />
        </div>
      ))}
    </div>
  );
}

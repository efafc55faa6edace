/** What colleagues have written about the open conversation for each other, newest first. */
import { useChanges } from '../../../chat/hooks';
import { moment } from '../../../core/format';
import { named } from '../../../core/i18n';
import type { Entry } from '../../../core/protocol';
import { t } from '../../../locales/desk';
import { live } from '../line';
import css from './ClientPanel.module.css';

/** Notes and words of handing over; what is withdrawn is not among them. */
function notesOf(internal: readonly Entry[]): Entry[] {
  return internal.filter((one) => one.kind === 'note' || one.kind === 'transfer').toReversed();
}

function useNotes(conversation: string): Entry[] {
  useChanges(live.store);
  return notesOf(live.store.thread(conversation).internal.ordered);
}

export function NotesTitle({ conversation }: { conversation: string }) {
  const { length } = useNotes(conversation);
  return length ? t('panel.notes.count', { n: length }) : t('panel.notes');
}

export function Notes({ conversation }: { conversation: string }) {
  const notes = useNotes(conversation);
  if (!notes.length) {
    return (
      <div className={css.section}>
        <p className={css.note}>{t('panel.notes.none')}</p>
      </div>
    );
  }
  return (
    <ul className={css.notes}>
      {notes.map((one) => (
        <li key={one.id} className={css.paper}>
          <p>{one.body.note ?? one.body.text ?? ''}</p>
          <p className={css.note}>
            {one.sender ? named(one.sender) : ''} {moment(one.at).slice(5)}
          </p>
        </li>
      ))}
    </ul>
  );
}

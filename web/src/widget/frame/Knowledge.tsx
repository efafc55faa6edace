/** The source of an answer: the approved entry, with its version and review date. */
import { useEffect, useState } from 'react';
import type { Card } from '../../core/protocol';
import { t } from '../../locales/widget';
import { iSend } from '../../ui/icons';
import css from './frame.module.css';
import { Layer } from './Notice';
import { Press } from './parts';
import { api } from './session';

interface Entry {
  title?: string;
  answer?: string;
  text?: string;
  body?: string;
  version?: number;
  reviewed?: string | null;
}

export function Source(props: {
  card: Card;
  onClose: () => void;
  /** Puts the entry into the conversation; absent where nobody would read it. */
  onForward?: (card: Card) => void;
}) {
  const { card, onClose, onForward } = props;
  const [entry, setEntry] = useState<Entry | null>(null);
  const id = card.kind === 'knowledge' ? card.entry : '';
  const version = card.kind === 'knowledge' ? card.version : 0;
  useEffect(() => {
    if (!id) return;
    api.get<Entry>(`/api/knowledge/${id}`, { version }).then(setEntry, () => setEntry({}));
  }, [id, version]);
  const excerpt = card.kind === 'knowledge' ? card.excerpt : '';
  return (
    <Layer label={t('knowledge.title')} onClose={onClose}>
      <h2 className={css.lead}>{entry?.title ?? card.title}</h2>
      <p className={css.soft}>
        {t('card.version', { n: version })}
        {entry?.reviewed ? ` · ${t('cite.reviewed', { date: entry.reviewed })}` : ''}
      </p>
      <p className={css.noticeText}>{entry?.answer ?? entry?.text ?? entry?.body ?? excerpt}</p>
      {onForward ? (
        <Press
          icon={iSend}
          onPress={() => {
            onForward(card);
            onClose();
          }}
        >
          {t('chat.forward.title')}
        </Press>
      ) : null}
      <Press onPress={onClose}>{t('knowledge.close')}</Press>
    </Layer>
  );
}

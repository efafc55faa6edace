/** The recording notice: read and acknowledged before the first word. */
import { type ReactNode, useEffect, useRef } from 'react';
import { t } from '../../locales/widget';
import { Icon } from '../../ui/Icon';
import { iRec } from '../../ui/icons';
import type { Client } from './client';
import css from './frame.module.css';
import { Press, Refusal } from './parts';

/** A layer over the frame that keeps focus inside and closes on Esc. */
export function Layer(props: { label: string; onClose: () => void; children: ReactNode }) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const before = document.activeElement as HTMLElement | null;
    box.current?.focus();
    return () => before?.focus?.();
  }, []);
  return (
    <div className={css.scrim}>
      <div
        ref={box}
        className={css.sheet}
        role="dialog"
        aria-modal="true"
        aria-label={props.label}
        tabIndex={-1}
        onKeyDown={(event) => {
          if (event.key === 'Escape') {
            event.stopPropagation();
            props.onClose();
          }
          if (event.key !== 'Tab') return;
          const all = [
            ...(box.current?.querySelectorAll<HTMLElement>(
              'button:not(:disabled), a[href], textarea',
            ) ?? []),
          ];
          const edge = event.shiftKey ? all[0] : all.at(-1);
          const at = document.activeElement;
          if (at !== edge && at !== box.current) return;
          if (at === box.current && !event.shiftKey) return;
          event.preventDefault();
          (event.shiftKey ? all.at(-1) : all[0])?.focus();
        }}
      >
        {props.children}
      </div>
    </div>
  );
}

export function Notice(props: { client: Client; onClose: () => void; onAgreed: () => void }) {
  const { client, onClose, onAgreed } = props;
  const agree = async () => {
    const done = client.noticed || (await client.attempt(() => client.acknowledge()));
    if (done) onAgreed();
  };
  return (
    <Layer label={t('notice.title')} onClose={onClose}>
      <h2 className={css.lead}>
        <Icon of={iRec} /> {t('notice.title')}
      </h2>
      <p className={css.noticeText}>{client.home?.notice.text}</p>
      <Refusal problem={client.problem} />
      {client.noticed ? (
        <Press onPress={onClose}>{t('knowledge.close')}</Press>
      ) : (
        <>
          <Press kind="primary" onPress={() => void agree()}>
            {t('notice.agree')}
          </Press>
          <Press kind="ghost" onPress={onClose}>
            {t('notice.later')}
          </Press>
        </>
      )}
    </Layer>
  );
}

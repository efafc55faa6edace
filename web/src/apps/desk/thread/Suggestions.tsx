/** Up to three answers for what the client said last: two columns on a desk, chips on a phone. Tab inserts, nothing sends. */
import { type RefObject, useEffect, useState } from 'react';
import { composing } from '../../../chat/hooks';
import { t } from '../../../locales/desk';
import { Icon, Mid } from '../../../ui';
import { iQuote } from '../../../ui/icons';
import { useWide } from '../../../ui/useWide';
import type { Answer } from '../data';
import { useSuggestions } from './answers';
import css from './Suggestions.module.css';

export function Source({ answer }: { answer: Answer }) {
  return (
    <span className={css.source}>
      {t('card.version', { n: answer.version })}
      {answer.reviewed ? (
        <>
          <Mid />
          {t('cite.reviewed', { date: answer.reviewed.slice(0, 10) })}
        </>
      ) : null}
    </span>
  );
}

export function Suggestions(props: {
  conversation: string;
  lastNo: number;
  /** The client has the last word, so that there is something to answer. */
  on: boolean;
  empty: boolean;
  box: RefObject<HTMLTextAreaElement | null>;
  onInsert: (answer: Answer) => void;
}) {
  const { conversation, lastNo, empty, box, onInsert } = props;
  const wide = useWide(768);
  const found = useSuggestions(conversation, lastNo, props.on);
  const [chosen, setChosen] = useState(0);
  const most = useWide(1600) ? 3 : 2;
  const answers = (props.on ? (found.data ?? []) : []).slice(0, wide ? most : 3);
  useEffect(() => {
    if (!answers.length) return;
    const keys = (event: KeyboardEvent) => {
      if (composing(event)) return;
      const digit = /^Digit([1-3])$/.exec(event.code)?.[1];
      if (event.altKey && digit) {
        const at = Number(digit) - 1;
        if (!answers[at]) return;
        event.preventDefault();
        setChosen(at);
        box.current?.focus({ preventScroll: true });
      } else if (
        event.key === 'Tab' &&
        !event.shiftKey &&
        empty &&
        event.target === box.current &&
        answers[chosen]
      ) {
        event.preventDefault();
        onInsert(answers[chosen]);
      }
    };
    addEventListener('keydown', keys);
    return () => removeEventListener('keydown', keys);
  }, [answers, chosen, empty, box, onInsert]);
  if (!answers.length) return null;
  if (!wide) {
    return (
      <ul className={css.chips} aria-label={t('suggest.title')}>
        {answers.map((answer) => (
          <li key={answer.id}>
            <button type="button" className={css.chip} onClick={() => onInsert(answer)}>
              <Icon of={iQuote} size={16} />
              {answer.title}
            </button>
          </li>
        ))}
      </ul>
    );
  }
  return (
    <section className={css.suggestions} aria-label={t('suggest.title')}>
      <header className={css.head}>
        <Icon of={iQuote} size={16} />
        {t('suggest.title')}
        <Mid />
        {t('suggest.note')}
        <span className={css.space} />
        <kbd>Tab</kbd>
        {t('suggest.insert')}
        <kbd>{'Alt 1–3'}</kbd>
        {t('suggest.choose')}
      </header>
      <ul className={css.cards}>
        {answers.map((answer, index) => (
          <li key={answer.id}>
            <button
              type="button"
              className={`${css.card} ${index === chosen ? css.on : ''}`}
              onClick={() => onInsert(answer)}
            >
              <span className={css.text}>{answer.text}</span>
              <span className={css.foot}>
                <span className={css.cite}>{index + 1}</span>
                <span className={css.title}>{answer.title}</span>
                <Source answer={answer} />
              </span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

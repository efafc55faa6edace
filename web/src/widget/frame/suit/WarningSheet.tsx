/** The special risk warning: read to its end and for its time, questions answered, confirmed in the client's own words. */
import { useEffect, useState } from 'react';
import { t } from '../../../locales/suit';
import type { Client } from '../client';
import css from '../frame.module.css';
import { Layer } from '../Notice';
import { Press, Refusal } from '../parts';
import { type Answers, type Asked, confirm, type Warned, warning } from './data';
import { Choices } from './Quiz';
import own from './suit.module.css';

export function WarningSheet(props: {
  client: Client;
  request: string;
  onClose: () => void;
  onConfirmed: (asked: Asked) => void;
}) {
  const { client, request, onClose, onConfirmed } = props;
  const [warned, setWarned] = useState<Warned | null>(null);
  const [left, setLeft] = useState(0);
  const [read, setRead] = useState(false);
  const [typed, setTyped] = useState('');
  const [answers, setAnswers] = useState<Answers>({});
  useEffect(() => {
    void client.attempt(async () => {
      const found = await warning(request);
      setWarned(found);
      setLeft(found.seconds);
    });
  }, [client, request]);
  useEffect(() => {
    if (!left) return;
    const timer = setTimeout(() => setLeft(left - 1), 1000);
    return () => clearTimeout(timer);
  }, [left]);
  const ready =
    warned &&
    read &&
    !left &&
    typed.trim() === warned.sentence &&
    warned.questions.every((one) => answers[one.id]?.length);
  const send = () =>
    client.attempt(async () =>
      onConfirmed(await confirm(request, { typed: typed.trim(), scrolled: read, answers })),
    );
  return (
    <Layer label={warned?.title ?? t('loading')} onClose={onClose}>
      <h2 className={css.lead}>{warned?.title ?? t('loading')}</h2>
      {warned ? (
        <>
          <div
            className={own.warning}
            // biome-ignore lint/a11y/noNoninteractiveTabindex: whoever has no pointer scrolls it with the keys
            tabIndex={0}
            ref={(box) => {
              // A text that fits as a whole has been read to its end.
              if (box && box.scrollHeight <= box.clientHeight + 4 && !read) setRead(true);
            }}
            onScroll={({ currentTarget: box }) => {
              if (box.scrollTop + box.clientHeight >= box.scrollHeight - 8) setRead(true);
            }}
          >
            {warned.text.split('\n').map((line) => (
              <p key={line}>{line}</p>
            ))}
            <h3 className={css.head}>{t('warn.points')}</h3>
            <ul className={own.points}>
              {warned.risk_points.map((point) => (
                <li key={point}>{point}</li>
              ))}
            </ul>
          </div>
          {warned.questions.map((question) => (
            <Choices
              key={question.id}
              question={question}
              picked={answers[question.id] ?? []}
              onPick={(picked) => setAnswers({ ...answers, [question.id]: picked })}
            />
          ))}
          <p className={css.soft} role="status">
            {read ? (left ? t('warn.wait', { n: left }) : '') : t('warn.read')}
          </p>
          <label className={own.field}>
            {t('warn.type', { sentence: warned.sentence })}
            <textarea
              rows={2}
              value={typed}
              onInput={(event) => setTyped(event.currentTarget.value)}
            />
          </label>
        </>
      ) : null}
      <Refusal problem={client.problem} />
      <Press kind="primary" disabled={!ready} onPress={() => void send()}>
        {t('warn.confirm')}
      </Press>
      <Press kind="ghost" onPress={onClose}>
        {t('close')}
      </Press>
    </Layer>
  );
}

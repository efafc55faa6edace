/** The questionnaire, one question at a time, answered by the client alone; then the result. */
import { useEffect, useState } from 'react';
import { isoDay } from '../../../core/format';
import { t } from '../../../locales/suit';
import type { Client } from '../client';
import css from '../frame.module.css';
import { Press, Refusal } from '../parts';
import { type Answers, answer, type Question, type Questionnaire, questionnaire } from './data';
import { Level } from './Suitability';
import own from './suit.module.css';

type Result = Awaited<ReturnType<typeof answer>>;

export function Quiz({ client, onDone }: { client: Client; onDone: () => void }) {
  const [asked, setAsked] = useState<Questionnaire | null>(null);
  const [at, setAt] = useState(0);
  const [answers, setAnswers] = useState<Answers>({});
  const [result, setResult] = useState<Result | null>(null);
  useEffect(() => {
    void client.attempt(async () => setAsked(await questionnaire()));
  }, [client]);
  if (!asked) return <Refusal problem={client.problem} />;
  if (result) return <Outcome result={result} onDone={onDone} />;
  const question = asked.questions[at];
  if (!question) return null;
  const last = at === asked.questions.length - 1;
  const next = () => {
    if (!last) setAt(at + 1);
    else void client.attempt(async () => setResult(await answer(asked.version, answers)));
  };
  return (
    <>
      <div className={css.scroll}>
        <h1 className={css.lead}>{asked.title}</h1>
        <p className={css.soft}>{t('quiz.alone')}</p>
        <progress className={own.progress} value={at + 1} max={asked.questions.length}>
          {at + 1}
        </progress>
        <p className={css.soft}>
          {t('quiz.one', { n: at + 1, all: asked.questions.length })}
          {question.many ? ` · ${t('quiz.many')}` : ''}
        </p>
        <Choices
          key={question.id}
          question={question}
          picked={answers[question.id] ?? []}
          onPick={(picked) => setAnswers({ ...answers, [question.id]: picked })}
        />
        <Refusal problem={client.problem} />
      </div>
      <footer className={css.foot}>
        <Press kind="primary" disabled={!answers[question.id]?.length} onPress={next}>
          {t(last ? 'quiz.send' : 'quiz.next')}
        </Press>
        <Press kind="ghost" onPress={() => (at ? setAt(at - 1) : onDone())}>
          {t(at ? 'quiz.back' : 'back')}
        </Press>
      </footer>
    </>
  );
}

export function Choices(props: {
  question: Question;
  picked: string[];
  onPick: (picked: string[]) => void;
}) {
  const { question, picked, onPick } = props;
  const pick = (id: string) => {
    if (!question.many) onPick([id]);
    else onPick(picked.includes(id) ? picked.filter((one) => one !== id) : [...picked, id]);
  };
  return (
    <fieldset className={own.choices}>
      <legend className={own.question}>{question.text}</legend>
      {question.options.map((option) => (
        <label key={option.id} className={own.choice}>
          <input
            type={question.many ? 'checkbox' : 'radio'}
            name={question.id}
            checked={picked.includes(option.id)}
            onChange={() => pick(option.id)}
          />
          <span>{option.text}</span>
        </label>
      ))}
    </fieldset>
  );
}

function Outcome({ result, onDone }: { result: Result; onDone: () => void }) {
  const mine = {
    state: result.level ? ('valid' as const) : ('refused_data' as const),
    level: result.level,
    lowest: Boolean((result as { lowest?: boolean }).lowest),
    category: 'ordinary' as const,
    expires_at: null,
    professional_until: null,
  };
  return (
    <>
      <div className={css.scroll} role="status">
        <h1 className={css.lead}>{t('quiz.result')}</h1>
        <section className={css.card}>
          <Level mine={mine} />
          {result.level ? (
            <p className={css.soft}>{t('quiz.valid', { date: isoDay(result.expires_at) })}</p>
          ) : null}
        </section>
      </div>
      <footer className={css.foot}>
        <Press kind="primary" onPress={onDone}>
          {t('quiz.done')}
        </Press>
      </footer>
    </>
  );
}
